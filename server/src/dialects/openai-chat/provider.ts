import type { ProviderDialect } from '../dialect.ts'
import { keyHeader } from '../key-header.ts'
import { ChatReader, readWhole, seeWhole } from './reader.ts'
import { writeRequest } from './write-request.ts'

/** POST /chat/completions, as most providers offer it. */
export const chatProvider: ProviderDialect = {
  name: 'openai-chat',
  path: () => '/chat/completions',
  headers: (apiKey, facts) => keyHeader(apiKey, facts, 'authorization'),
  writeRequest,
  readAnswer: readWhole,
  seeAnswer: seeWhole,
  openReader: (context) => new ChatReader(context),
}
