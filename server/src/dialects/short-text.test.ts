import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SHORT_BYTES_MAX, shortText } from './short-text.ts'

describe('short texts', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', '价', '\u0000', '\u00e4'), maxLength: 5 })

  it('are what their bytes say, whatever was read before', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 200 }), fc.nat(3), (texts, before) => {
        for (const each of texts) {
          const bytes = Buffer.from('x'.repeat(before) + each)
          expect(shortText(bytes, before, bytes.length)).toBe(each)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('that take the same place do not become one another', () => {
    // First, middle and last byte are the same, and so is the length.
    const [one, other] = ['a12b34c', 'a99b99c'].map((each) => Buffer.from(each)) as [Buffer, Buffer]
    const read = [one, other, one, one].map((bytes) => shortText(bytes, 0, bytes.length))
    expect(read).toEqual(['a12b34c', 'a99b99c', 'a12b34c', 'a12b34c'])
  })

  it('can be as long as they may be', () => {
    const bytes = Buffer.from('价'.repeat(SHORT_BYTES_MAX / 3))
    expect(shortText(bytes, 0, bytes.length)).toBe(bytes.toString())
  })
})
