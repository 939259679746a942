import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32c } from './crc32c.ts'

const bytes = (make: (index: number) => number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => make(index))

describe('crc32c', () => {
  it.each([
    ['32 zeros', bytes(() => 0), 0x8a9136aa],
    ['32 ones', bytes(() => 0xff), 0x62a8ab43],
    ['ascending', bytes((index) => index), 0x46dd794e],
    ['descending', bytes((index) => 31 - index), 0x113fdb5c],
    ['the digits 1 to 9', Buffer.from('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('gives the value RFC 3720 states for %s', (_name, input, expected) => {
    expect(crc32c(input, 0, input.length)).toBe(expected)
  })

  it('agrees with the definition, bit by bit, on any part of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(300), (input, one, other) => {
        const [start, end] = [Math.min(one, other, input.length), Math.min(Math.max(one, other), input.length)]
        expect(crc32c(input, start, end)).toBe(bitByBit(input.subarray(start, end)))
      }),
    )
  })
})

function bitByBit(input: Uint8Array): number {
  let crc = 0xffffffff
  for (const each of input) {
    crc ^= each
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
