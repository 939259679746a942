import type { ProviderDialect } from '../dialect.ts'
import { keyHeader } from '../key-header.ts'
import { readBetas } from './betas.ts'
import { MessagesReader, readWhole } from './reader.ts'
import { writeRequest } from './write-request.ts'

const VERSION = '2023-06-01'

/** POST /messages, as its inventor and some others offer it. */
export const messagesProvider: ProviderDialect = {
  name: 'anthropic-messages',
  path: () => '/messages',
  headers: (apiKey, facts, asked) => {
    const betas = asked === null ? null : readBetas(asked)
    return {
      ...keyHeader(apiKey, facts, 'x-api-key'),
      'anthropic-version': VERSION,
      ...(betas === null ? {} : { 'anthropic-beta': betas }),
    }
  },
  writeRequest,
  readAnswer: readWhole,
  openReader: (context) => new MessagesReader(context),
}
