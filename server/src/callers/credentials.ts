import { PaddockError } from '../base/errors.ts'

/** The parts of a request that may carry a credential. Raw headers, because Node folds repeated ones silently. */
export type Carrier = {
  readonly rawHeaders: readonly string[]
  readonly url: string
  /** What the request came over, where more of them may come. */
  readonly connection?: object
}

/** Headers that carry a key as it is; Authorization carries it behind "Bearer". */
const KEY_HEADERS = ['x-api-key', 'x-goog-api-key', 'api-key']
/** Few headers have a name of such a length, and no other has to be looked at. */
const NAME_LENGTHS: readonly number[] = ['authorization', ...KEY_HEADERS].map((name) => name.length)
const QUERY_NAMES = ['key', 'api_key', 'api-key', 'access_token', 'token']

/**
 * The one place that takes a credential out of a request, whatever header carries it, so every carrier is decided alike.
 * Throws key_missing, key_malformed, key_in_query, or credential_conflict when two different ones are sent.
 */
export function readCredential(carrier: Carrier): string {
  const { rawHeaders } = carrier
  let credential: string | null = null
  let isOne = true
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (!NAME_LENGTHS.includes(name.length)) continue
    const carried = carriedBy(name.toLowerCase(), (rawHeaders[index + 1] ?? '').trim())
    if (carried === null) continue
    if (credential !== null && carried !== credential) isOne = false
    credential = carried
  }
  if (!isOne) {
    throw new PaddockError('credential_conflict', {
      message: 'The request carries two different keys. Send one: "Authorization: Bearer <key>" or "x-api-key: <key>".',
    })
  }
  if (credential === null) throw missing(carrier.url)
  return credential
}

function carriedBy(name: string, value: string): string | null {
  if (name === 'authorization') return readBearer(value)
  return KEY_HEADERS.includes(name) && value !== '' ? value : null
}

function readBearer(value: string): string {
  const space = value.indexOf(' ')
  const token = value.slice(space + 1).trim()
  if (value.slice(0, space).toLowerCase() !== 'bearer' || token === '' || /\s/.test(token)) {
    throw new PaddockError('key_malformed', {
      message: 'The Authorization header must read "Bearer <key>" with one key and nothing after it.',
    })
  }
  return token
}

function missing(url: string): PaddockError {
  const query = url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?') + 1)) : null
  if (query && QUERY_NAMES.some((name) => query.has(name))) {
    return new PaddockError('key_in_query', {
      message:
        'A key in the address ends up in logs and histories. Send it as "Authorization: Bearer <key>" or "x-api-key: <key>", and replace this key.',
    })
  }
  return new PaddockError('key_missing', {
    message:
      'No key was sent. Send "Authorization: Bearer <key>" or "x-api-key: <key>"; make a key with "paddock keys create --name <name>".',
  })
}
