import type { CallerDialect } from '../dialect.ts'
import { ReaderPass } from '../reader-pass.ts'
import { tellInLastEvent } from '../tell-at-end.ts'
import { writeError, writeErrorEvent } from './errors.ts'
import { ownAnswer, OwnPass } from './ours.ts'
import { ResponsesReader } from './reader.ts'
import { promptText, readResponsesRequest } from './request.ts'
import { toNeutral } from './to-neutral.ts'
import { writeAnswer } from './write-answer.ts'
import { editForProvider } from './write-request.ts'
import { ResponsesWriter } from './writer.ts'

/** POST /v1/responses, as callers use it. */
export const responsesCaller: CallerDialect = {
  name: 'openai-responses',
  readRequest: readResponsesRequest,
  toNeutral,
  promptText,
  editForProvider,
  writeAnswer,
  openWriter: (meta) => new ResponsesWriter(meta),
  openPass: ({ requestId, state }, context) => {
    const pass = new ReaderPass(new ResponsesReader(context))
    return state ? new OwnPass(pass, requestId, state) : pass
  },
  passAnswer: (bytes, { requestId, state }) => (state ? ownAnswer(bytes, requestId, state) : bytes),
  writeError,
  writeErrorEvent,
  tellAtEnd: (end, note) => tellInLastEvent(end, note, 'response'),
}
