import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameBuffer, readFrames, type Frame, type Gap } from './frame.ts'

const RECORDS = 200
const texts = Array.from({ length: RECORDS }, (_, index) =>
  JSON.stringify({ id: `r${index}`, note: '字'.repeat(index % 7) }),
)

function framesOf(jsons: readonly string[]): { bytes: Buffer; ends: number[] } {
  const buffer = new FrameBuffer()
  const ends = jsons.map((json) => buffer.add(5, json).end)
  return { bytes: Buffer.from(buffer.bytes), ends }
}

const payloads = (pieces: readonly (Frame | Gap)[]): string[] =>
  pieces.filter((piece) => piece.kind === 'frame').map(({ payload }) => payload.toString('utf8'))
const gaps = (pieces: readonly (Frame | Gap)[]): Gap[] => pieces.filter((piece) => piece.kind !== 'frame')

/** Frames and gaps side by side, nothing twice, nothing left out. */
function expectWhole(pieces: readonly (Frame | Gap)[], length: number): void {
  const edges = pieces.flatMap(({ start, end }) => [start, end])
  expect([0, ...edges, length]).toEqual([0, ...edges, length].toSorted((left, right) => left - right))
  expect(pieces.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(length)
}

describe('a segment of 200 records', () => {
  const { bytes, ends } = framesOf(texts)

  it('reads back as it was written', () => {
    const pieces = [...readFrames(bytes)]
    expect(payloads(pieces)).toEqual(texts)
    expect(gaps(pieces)).toEqual([])
  })

  it('[B14] cut at every offset gives every whole record and a torn tail', () => {
    for (let length = 0; length < bytes.length; length++) {
      const pieces = [...readFrames(bytes.subarray(0, length))]
      const whole = ends.filter((end) => end <= length)
      const lastEnd = whole.at(-1) ?? 0
      expect(payloads(pieces).length).toBe(whole.length)
      expect(gaps(pieces)).toEqual(lastEnd === length ? [] : [{ kind: 'torn', start: lastEnd, end: length }])
    }
  })

  it('[B15] with one byte changed at every offset loses the record it hits and no other', () => {
    for (let offset = 0; offset < bytes.length; offset++) {
      const changed = Buffer.from(bytes)
      changed[offset] = (changed[offset] as number) ^ (1 << (offset % 8))
      const hit = ends.findIndex((end) => offset < end)
      const pieces = [...readFrames(changed)]
      expect(payloads(pieces)).toEqual(texts.toSpliced(hit, 1))
      expect(gaps(pieces).map(({ start, end }) => [start, end])).toEqual([[ends[hit - 1] ?? 0, ends[hit]]])
      expectWhole(pieces, bytes.length)
    }
  })
})

describe('any bytes', () => {
  it('[B15] are split without a rest, and whole records are found between any rubbish', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((rubbish) => ({ json: null, bytes: Buffer.from(rubbish) })),
      fc
        .json()
        .map((value) => `{"v":${value}}`)
        .map((json) => ({ json, bytes: framesOf([json]).bytes })),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const bytes = Buffer.concat(parts.map((each) => each.bytes))
        const pieces = [...readFrames(bytes)]
        expectWhole(pieces, bytes.length)
        expect(payloads(pieces)).toEqual(parts.flatMap(({ json }) => json ?? []))
      }),
      { numRuns: 500 },
    )
  })

  it('[B15] sampled changes of several bytes never give a record that was not written', () => {
    const { bytes } = framesOf(texts)
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const changed = Buffer.from(bytes)
        for (const [offset, value] of changes) changed[offset] = value
        const found = payloads([...readFrames(changed)])
        expect(texts).toEqual(expect.arrayContaining(found))
        expect(found.length).toBeGreaterThanOrEqual(RECORDS - changes.length)
      }),
      { numRuns: 300 },
    )
  })
})

describe('[B16] a record inside of a record', () => {
  it('is not found when the outer one is damaged, however it is written', () => {
    const forged = framesOf(['{"id":"forged"}']).bytes
    const spellings = [forged.toString('latin1'), forged.toString('utf8'), forged.toString('base64')]
    for (const spelling of spellings) {
      const { bytes, ends } = framesOf([JSON.stringify({ app: spelling }), '{"id":"next"}'])
      const start = bytes.indexOf('{"app"')
      bytes[start + 2] = 0x78
      const pieces = [...readFrames(bytes)]
      expect(payloads(pieces)).toEqual(['{"id":"next"}'])
      expect(gaps(pieces)).toEqual([{ kind: 'damaged', start: 0, end: ends[0] }])
    }
  })

  it('cannot be: a frame has a zero byte, and JSON text has none', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: 'binary' }), (value, text) => {
        const { bytes } = framesOf([JSON.stringify({ value, text })])
        expect(bytes.subarray(0, 9).includes(0)).toBe(true)
        expect(bytes.subarray(9).includes(0)).toBe(false)
      }),
    )
  })

  it('refuses a record of 16 MiB, whose length would have no zero byte', () => {
    const buffer = new FrameBuffer()
    expect(() => buffer.add(5, JSON.stringify({ v: 'x'.repeat(2 ** 24) }))).toThrow('16 MiB')
    expect(buffer.bytes.length).toBe(0)
  })
})
