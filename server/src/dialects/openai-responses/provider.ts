import type { ProviderDialect } from '../dialect.ts'
import { keyHeader } from '../key-header.ts'
import { readWhole, ResponsesReader } from './reader.ts'
import { writeRequest } from './write-request.ts'

/** POST /responses. */
export const responsesProvider: ProviderDialect = {
  name: 'openai-responses',
  path: () => '/responses',
  headers: (apiKey, facts) => keyHeader(apiKey, facts, 'authorization'),
  writeRequest,
  readAnswer: readWhole,
  openReader: (context) => new ResponsesReader(context),
}
