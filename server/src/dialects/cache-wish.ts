import { memberPresent, memberText } from './json-read.ts'
import type { JsonValue } from './json-text.ts'
import type { JsonOut } from './json-write.ts'
import type { CacheWish } from './neutral.ts'

/** Where a prompt is to be kept by the provider, written the same way in every dialect that lets callers say so. */

export function readCache(object: JsonValue): { readonly cache?: CacheWish } {
  const control = memberPresent(object, 'cache_control')
  if (control === undefined) return {}
  return { cache: memberText(control, 'ttl') === '1h' ? '1h' : '5m' }
}

/** Undefined, and so left out, where nothing is wished. */
export function writeCache({ cache }: { readonly cache?: CacheWish }): JsonOut {
  if (cache === undefined) return undefined
  return cache === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' }
}
