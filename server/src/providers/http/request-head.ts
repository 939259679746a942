import type { ProviderRequest } from '../call-provider.ts'
import type { HttpTarget } from './target.ts'
import { isHeaderName } from './header-name.ts'

const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** The head of a POST over HTTP/1.1, or null when one of its headers cannot be sent as it is. */
export function requestHead({ opening }: HttpTarget, request: ProviderRequest): string | null {
  let head = opening
  for (const [name, value] of Object.entries(request.headers)) {
    if (!isHeaderName(name) || !HEADER_VALUE.test(value)) return null
    if (!OURS.has(name.toLowerCase())) head += `${name}: ${value}\r\n`
  }
  return `${head}accept-encoding: identity\r\ncontent-length: ${request.body.length}\r\n\r\n`
}

/** Headers that this side alone decides about: two of one kind would be read in two ways. */
const OURS: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'accept-encoding',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
])
