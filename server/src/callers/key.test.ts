import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import { keyDigest, mintKey, parseKey, publicPart } from './key.ts'

const codeOf = (text: string): string => {
  try {
    parseKey(text)
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof PaddockError ? thrown.code : 'something else'
  }
}

describe('keys', () => {
  it('are accepted as they were made', () => {
    for (let count = 0; count < 200; count += 1) {
      const key = mintKey()
      expect(key).toMatch(/^sk-pdk-[0-9A-Za-z]{12}-[0-9A-Za-z]{38}$/)
      expect(parseKey(key)).toBe(key)
    }
  })

  it('are never the same twice', () => {
    expect(new Set(Array.from({ length: 1_000 }, mintKey)).size).toBe(1_000)
  })

  it('show a public part that is not the secret', () => {
    const key = mintKey()
    expect(publicPart(key)).toMatch(/^sk-pdk-[0-9A-Za-z]{12}$/)
  })

  it('with one wrong character are refused before anything is looked up', () => {
    const key = mintKey()
    for (let at = 'sk-pdk-'.length; at < key.length; at += 1) {
      if (key[at] === '-') continue
      const wrong = key.slice(0, at) + (key[at] === 'A' ? 'B' : 'A') + key.slice(at + 1)
      expect(codeOf(wrong), `at ${at}`).toBe('key_checksum')
    }
  })

  it.each([
    ['an empty text', '', 'key_malformed'],
    ['a shortened key', mintKey().slice(0, -1), 'key_malformed'],
    ['a key with a space', `${mintKey().slice(0, -1)} `, 'key_malformed'],
    ["another provider's key", 'sk-proj-abcdefghijklmnop', 'key_foreign'],
    ['a Google key', 'AIzaSyA-1234567890', 'key_foreign'],
    ['an injection', "' OR 1=1--", 'key_malformed'],
    ['a very long text', `sk-pdk-${'a'.repeat(20_000)}`, 'key_malformed'],
  ])('refuses %s', (_, text, code) => {
    expect(codeOf(text)).toBe(code)
  })

  it('never accepts an arbitrary text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(codeOf(text)).not.toBe('accepted')
        expect(codeOf(`sk-pdk-${text}`)).not.toBe('accepted')
      }),
      { numRuns: 2_000 },
    )
  })

  it('are hashed under the pepper', () => {
    const key = mintKey()
    const digest = keyDigest(Buffer.alloc(32, 1), key)
    expect(digest).toHaveLength(32)
    expect(keyDigest(Buffer.alloc(32, 1), key)).toEqual(digest)
    expect(keyDigest(Buffer.alloc(32, 2), key)).not.toEqual(digest)
  })
})
