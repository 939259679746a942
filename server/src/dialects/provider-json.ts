import { PaddockError } from '../base/errors.ts'
import { PROVIDER_JSON, readJson, type JsonText } from './json-text.ts'

/** Throws provider_bad_answer, which names who sent it, when the bytes are not one JSON object. */
export function readProviderJson(bytes: Buffer, provider = 'The provider'): JsonText {
  try {
    return readJson(bytes, PROVIDER_JSON)
  } catch (cause) {
    const why = cause instanceof PaddockError ? ` ${cause.message}` : ''
    throw new PaddockError('provider_bad_answer', {
      message: `${provider} sent what is not a JSON object.${why}`,
      cause,
    })
  }
}
