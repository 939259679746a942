import type { CallerDialect } from '../dialect.ts'
import { tellInChunk } from '../tell-at-end.ts'
import { writeError, writeErrorEvent } from './errors.ts'
import { ChatPass } from './pass.ts'
import { readChatRequest, readPromptText } from './request.ts'
import { toNeutral } from './to-neutral.ts'
import { ChatWriter, writeAnswer } from './write-answer.ts'
import { editForProvider } from './write-request.ts'

/** POST /v1/chat/completions, as callers use it. */
export const chatCaller: CallerDialect = {
  name: 'openai-chat',
  readRequest: readChatRequest,
  toNeutral,
  promptText: readPromptText,
  editForProvider,
  writeAnswer,
  openWriter: (meta) => new ChatWriter(meta),
  openPass: (meta, context) => new ChatPass(meta, context),
  writeError,
  writeErrorEvent,
  tellAtEnd: tellInChunk,
}
