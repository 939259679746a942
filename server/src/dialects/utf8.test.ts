import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invalidUtf8At } from './utf8.ts'

describe('the first byte that is not UTF-8', () => {
  /** The longest beginning a strict decoder takes, character by character from the front. */
  function reference(bytes: Buffer): number {
    let at = 0
    while (at < bytes.length) {
      const length = [1, 2, 3, 4].find((size) => isOneCharacter(bytes.subarray(at, at + size), size))
      if (length === undefined) return at
      at += length
    }
    return at
  }

  function isOneCharacter(bytes: Buffer, size: number): boolean {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      return bytes.length === size && Array.from(text).length === 1
    } catch {
      return false
    }
  }

  const part = fc.oneof(
    fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  )

  it('is where a strict decoder stops', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const bytes = Buffer.concat(parts)
        expect(invalidUtf8At(bytes)).toBe(reference(bytes))
      }),
      { numRuns: 2_000 },
    )
  })

  const crossings = [0, 1, 2, 3].flatMap((shift) => ['é', '中', '😀'].map((character) => [character, shift] as const))

  it.each(crossings)('is found behind blocks with %s across their edges, %i bytes off', (character, shift) => {
    const text = Buffer.from('x'.repeat(shift) + character.repeat(60_000))
    expect(invalidUtf8At(text)).toBe(text.length)
    expect(invalidUtf8At(Buffer.concat([text, Buffer.from([0xff]), text]))).toBe(text.length)
  })
})
