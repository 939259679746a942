import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pieces } from './pieces.ts'

it('puts together to the text, whatever the text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '’', 'a', '1', ',', '好', 'あ', '한', 'я', '🚀', '\u0301') }),
  )
  fc.assert(
    fc.property(text, (each) => {
      expect(pieces(each).join('')).toBe(each)
      expect(pieces(each)).not.toContain('')
    }),
    { numRuns: 2_000 },
  )
})

it.each([
  ['She sells 12345 eggs at $2.50!', ['She', ' sells', ' ', '123', '45', ' eggs', ' at', ' $', '2', '.', '50', '!']],
  ['```json\n{\n    "answer": "18"\n}', ['```', 'json', '\n{', '\n    "', 'answer', '":', ' "', '18', '"', '\n}']],
  ['三个苹果', ['三', '个', '苹', '果']],
  ['  ', ['  ']],
  ['', []],
])('cuts %j much like a tokenizer', (text, expected) => {
  expect(pieces(text)).toEqual(expected)
})
