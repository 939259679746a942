import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Written } from './written.ts'

it('what came as text and what came as bytes is one text, as long as its pieces', () => {
  const piece = fc.tuple(
    fc.oneof({ weight: 4, arbitrary: fc.string({ maxLength: 9, unit: 'binary' }) }, fc.string({ minLength: 500 })),
    fc.boolean(),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const written = new Written()
      let text = ''
      for (const [each, isText] of pieces) {
        if (isText) written.add(each)
        else {
          const lent = Buffer.from(each)
          written.addBytes(lent)
          lent.fill(0)
        }
        text += each
        expect(written.byteLength).toBe(Buffer.byteLength(text))
      }
      expect(written.text()).toBe(text)
    }),
    { numRuns: 300 },
  )
})

it('both halves of a pair make one character, however they came', () => {
  const written = new Written()
  written.addBytes(Buffer.from('a'))
  written.add('\ud83d')
  written.add('\ude00')
  expect([written.text(), written.byteLength]).toEqual(['a😀', 7])
})
