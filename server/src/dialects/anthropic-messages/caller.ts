import type { CallerDialect } from '../dialect.ts'
import { ReaderPass } from '../reader-pass.ts'
import { tellInLastEvent } from '../tell-at-end.ts'
import { writeError, writeErrorEvent } from './errors.ts'
import { MessagesReader } from './reader.ts'
import { promptText, readCountRequest, readMessagesRequest } from './request.ts'
import { toNeutral } from './to-neutral.ts'
import { writeAnswer } from './write-answer.ts'
import { editForProvider } from './write-request.ts'
import { MessagesWriter } from './writer.ts'

/** POST /v1/messages, as callers use it. */
export const messagesCaller: CallerDialect = {
  name: 'anthropic-messages',
  readRequest: readMessagesRequest,
  toNeutral,
  promptText,
  editForProvider,
  writeAnswer,
  openWriter: (meta) => new MessagesWriter(meta),
  openPass: (_meta, context) => new ReaderPass(new MessagesReader(context)),
  writeError,
  writeErrorEvent,
  tellAtEnd: (end, note) => tellInLastEvent(end, note, null),
}

/** POST /v1/messages/count_tokens. */
export const countingCaller: CallerDialect = { ...messagesCaller, readRequest: readCountRequest }
