import type { ProviderDialect } from '../dialect.ts'
import { keyHeader } from '../key-header.ts'
import { GeminiReader, readWhole } from './reader.ts'
import { writeRequest } from './write-request.ts'

/** POST /models/{model}:generateContent and :streamGenerateContent, the native API. */
export const geminiProvider: ProviderDialect = {
  name: 'gemini',
  path: (model, stream) => `/${resource(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: (apiKey, facts) => keyHeader(apiKey, facts, 'x-goog-api-key'),
  writeRequest,
  readAnswer: readWhole,
  openReader: (context) => new GeminiReader(context),
}

/** A model is one of "models", unless its name says which collection it is in. */
function resource(model: string): string {
  const path = model.includes('/') ? model : `models/${model}`
  return path.split('/').map(encodeURIComponent).join('/')
}
