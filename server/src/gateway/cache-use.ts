/** How one request uses the cache of answers. */
export type CacheUse = {
  readonly key: string
  /** An answer that is older is made anew. */
  readonly ageMsMax: number
  readonly keptMs: number
  isHit: boolean
  /** What has been sent of the answer, in case it is worth keeping. */
  readonly copy: AnswerCopy
}

/** A longer answer is not kept. */
export const ANSWER_BYTES_MAX = 4 * 1024 * 1024

/** A copy of an answer on its way to the caller. */
export class AnswerCopy {
  readonly #bytesMax: number
  #parts: Buffer[] = []
  #length = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  add(bytes: Buffer): void {
    this.#length += bytes.length
    if (this.#length > this.#bytesMax) this.#parts = []
    else this.#parts.push(bytes)
  }

  /** Null where it became too long. */
  whole(): Buffer | null {
    return this.#length > this.#bytesMax ? null : Buffer.concat(this.#parts)
  }
}

export function cacheHeaders({ isHit }: CacheUse): string[] {
  return ['x-paddock-cache', isHit ? 'hit' : 'miss']
}

/** What a caller says about caches (RFC 9111, 5.2.1): of its directives, those that mean something here. */
export type CacheWish = { readonly noStore: boolean; readonly ageSecondsMax: number }

/** `no-cache` wants an answer that is new, as `max-age=0` does, and lets it be kept; `no-store` does not. */
export function readCacheWish(header: string | undefined): CacheWish {
  const directives = (header ?? '').toLowerCase().split(',')
  const named = new Set(directives.map((each) => each.trim()))
  const age = /(?:^|,)\s*max-age=(\d{1,9})\s*(?:,|$)/.exec((header ?? '').toLowerCase())?.[1]
  return {
    noStore: named.has('no-store'),
    ageSecondsMax: named.has('no-cache') ? 0 : age === undefined ? Infinity : Number(age),
  }
}
