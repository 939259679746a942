import fc from 'fast-check'
import { expect, it } from 'vitest'
import { numberAt } from './json-number.ts'

it('reads a number as the nearest double, however it is written', () => {
  const digits = fc.integer({ min: 1, max: 20 }).chain((length) => fc.bigInt({ min: 0n, max: 10n ** BigInt(length) }))
  const written = fc.oneof(
    digits.map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
    fc.constantFrom('0', '-0', '-1', '1e3', '1.50', '2E-7', '999999999999999', '9007199254740993', '1e400'),
  )
  fc.assert(
    fc.property(written, (number) => {
      expect(numberAt(Buffer.from(`[${number}]`), 1, number.length + 1)).toBe(Number(number))
    }),
  )
})
