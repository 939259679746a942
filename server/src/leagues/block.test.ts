import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addKept, BLOCK_MEMBERS, countBits, countBoth, emptyBits, keep, setBit, type Bits } from './block.ts'

function bitsOf(places: Iterable<number>): Bits {
  const bits = emptyBits()
  for (const place of places) setBit(bits, place)
  return bits
}

const thin = fc.uniqueArray(fc.integer({ min: 0, max: BLOCK_MEMBERS - 1 }), { maxLength: 60 })
/** Every so many'th place: from a list to a full bitmap. */
const thick = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 39 }))
  .map(([step, first]) =>
    Array.from({ length: Math.floor((BLOCK_MEMBERS - 1 - first) / step) + 1 }, (_, i) => first + i * step),
  )
const places = fc.oneof(thin, thick)

describe('blocks of members', () => {
  it('unite, count and intersect as sets do, thin and thick', () => {
    fc.assert(
      fc.property(places, places, (one, other) => {
        const united = emptyBits()
        addKept(united, keep(bitsOf(one)))
        addKept(united, keep(bitsOf(other)))
        expect(united).toEqual(bitsOf([...one, ...other]))
        expect(countBits(united)).toBe(new Set([...one, ...other]).size)
        const others = new Set(other)
        expect(countBoth(bitsOf(one), bitsOf(other))).toBe(one.filter((place) => others.has(place)).length)
      }),
      { numRuns: 60 },
    )
  })

  it('take two bytes a member while they are thin, and never more than 8 KiB', () => {
    expect(keep(bitsOf([7, 65_535, 300]))).toEqual(Buffer.from([7, 0, 300 & 255, 300 >> 8, 255, 255]))
    expect(keep(bitsOf(Array.from({ length: 4_095 }, (_, index) => index))).length).toBe(8_190)
    expect(keep(bitsOf(Array.from({ length: 4_096 }, (_, index) => index))).length).toBe(8_192)
    expect(keep(bitsOf(Array.from({ length: BLOCK_MEMBERS }, (_, index) => index))).length).toBe(8_192)
  })

  it('are read from any place in memory', () => {
    const kept = keep(bitsOf(Array.from({ length: 10_000 }, (_, index) => index * 3)))
    const shifted = Buffer.concat([Buffer.from([1]), kept]).subarray(1)
    const bits = emptyBits()
    addKept(bits, shifted)
    expect(countBits(bits)).toBe(10_000)
  })
})
