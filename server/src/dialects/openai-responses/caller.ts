import type { CallerDialect } from '../dialect.ts'
import { ReaderPass } from '../reader-pass.ts'
import { tellInLastEvent } from '../tell-at-end.ts'
import { writeError, writeErrorEvent } from './errors.ts'
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
  openPass: (_meta, context) => new ReaderPass(new ResponsesReader(context)),
  writeError,
  writeErrorEvent,
  tellAtEnd: (end, note) => tellInLastEvent(end, note, 'response'),
}
