/**
 * Members by their ordinal, in blocks of 65,536. A block is kept as a sorted list of 16-bit places while it is thin and as
 * a bitmap of 8 KiB from then on, so a day of sixty million members takes 7.5 MB, and unions go block by block.
 */
export const BLOCK_MEMBERS = 65_536
const WORDS = BLOCK_MEMBERS / 32
const BITMAP_BYTES = BLOCK_MEMBERS / 8
/** From here on a list would be as long as the bitmap. */
const LIST_MAX = BITMAP_BYTES / 2

/** A block while it is worked on: one bit a member. */
export type Bits = Uint32Array

export function emptyBits(): Bits {
  return new Uint32Array(WORDS)
}

export function blockOf(ordinal: number): number {
  return Math.floor(ordinal / BLOCK_MEMBERS)
}

export function placeOf(ordinal: number): number {
  return ordinal % BLOCK_MEMBERS
}

export function setBit(bits: Bits, place: number): void {
  bits[place >>> 5] = at(bits, place >>> 5) | (1 << (place & 31))
}

/** Adds to `bits` all who are in a block as it is kept. */
export function addKept(bits: Bits, kept: Uint8Array): void {
  if (kept.length === BITMAP_BYTES) {
    const words = wordsOf(kept)
    for (let index = 0; index < WORDS; index += 1) bits[index] = at(bits, index) | at(words, index)
    return
  }
  for (let index = 0; index < kept.length; index += 2) setBit(bits, at(kept, index) | (at(kept, index + 1) << 8))
}

/** As it is kept: bytes in little-endian order on every machine. */
export function keep(bits: Bits): Buffer {
  const members = countBits(bits)
  if (members >= LIST_MAX) {
    const bitmap = Buffer.allocUnsafe(BITMAP_BYTES)
    for (let index = 0; index < WORDS; index += 1) bitmap.writeUInt32LE(at(bits, index), index * 4)
    return bitmap
  }
  const list = Buffer.allocUnsafe(members * 2)
  let written = 0
  for (const place of places(bits)) written = list.writeUInt16LE(place, written)
  return list
}

export function countBits(bits: Bits): number {
  let count = 0
  for (let index = 0; index < WORDS; index += 1) count += ones(at(bits, index))
  return count
}

/** How many are in both. */
export function countBoth(one: Bits, other: Bits): number {
  let count = 0
  for (let index = 0; index < WORDS; index += 1) count += ones(at(one, index) & at(other, index))
  return count
}

function* places(bits: Bits): Generator<number, void, undefined> {
  for (let index = 0; index < WORDS; index += 1) {
    for (let word = at(bits, index); word !== 0; word &= word - 1) yield index * 32 + (31 - Math.clz32(word & -word))
  }
}

/** Bits set in a word, counted in parallel: pairs, then fours, then bytes. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555)
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

function wordsOf(kept: Uint8Array): Uint32Array {
  // A view needs an offset of whole words; a copy has one.
  const aligned = kept.byteOffset % 4 === 0 ? kept : Uint8Array.from(kept)
  return new Uint32Array(aligned.buffer, aligned.byteOffset, WORDS)
}

/** Within the array by construction; the type checker cannot know. */
function at(numbers: Uint32Array | Uint8Array, index: number): number {
  return numbers[index] as number
}
