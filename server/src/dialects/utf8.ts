import { isUtf8 } from 'node:buffer'
import { endOfRun } from './byte-run.ts'

/** Finds the byte that is not UTF-8, once it is known that there is one. */

const ASCII = new Uint8Array(256).fill(1, 0, 0x80)

/** Lead bytes, how many bytes follow them, and what the first of those may be: RFC 3629, section 4. */
const SEQUENCES: readonly (readonly [leadFrom: number, leadTo: number, following: number, from: number, to: number])[] =
  [
    [0xc2, 0xdf, 1, 0x80, 0xbf],
    [0xe0, 0xe0, 2, 0xa0, 0xbf],
    [0xe1, 0xec, 2, 0x80, 0xbf],
    [0xed, 0xed, 2, 0x80, 0x9f],
    [0xee, 0xef, 2, 0x80, 0xbf],
    [0xf0, 0xf0, 3, 0x90, 0xbf],
    [0xf1, 0xf3, 3, 0x80, 0xbf],
    [0xf4, 0xf4, 3, 0x80, 0x8f],
  ]

/** How wrong bodies often begin. */
const OPENINGS: readonly (readonly [opening: Buffer, advice: string])[] = [
  [Buffer.from([0xff, 0xfe]), 'It looks like UTF-16.'],
  [Buffer.from([0xfe, 0xff]), 'It looks like UTF-16.'],
  [Buffer.from([0x1f, 0x8b]), 'It looks like gzip: send the header "Content-Encoding: gzip" with it.'],
]

/** Whole blocks are checked natively, so that only the bad one is walked through. */
const BLOCK_LENGTH = 65_536

/** The offset of the first character that is not UTF-8; the length when all are. */
export function invalidUtf8At(bytes: Uint8Array): number {
  let at = endOfRun(bytes, startOfBadBlock(bytes), ASCII)
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0) return at
    at = endOfRun(bytes, at + length, ASCII)
  }
  return at
}

export function notUtf8Message(bytes: Uint8Array): string {
  const at = invalidUtf8At(bytes)
  const advice = OPENINGS.find(([opening]) => opening.equals(bytes.subarray(0, opening.length)))?.[1]
  const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0')
  return [`The body is not UTF-8: byte ${at} (0x${byte}) starts no character.`, advice, 'Send UTF-8.']
    .filter(Boolean)
    .join(' ')
}

function startOfBadBlock(bytes: Uint8Array): number {
  let from = 0
  for (let to = startOfCharacter(bytes, BLOCK_LENGTH); isUtf8(bytes.subarray(from, to)) && to < bytes.length;) {
    from = to
    to = startOfCharacter(bytes, from + BLOCK_LENGTH)
  }
  return from
}

/** A character has at most three bytes after its first, so going back three finds a place to cut. */
function startOfCharacter(bytes: Uint8Array, at: number): number {
  let start = at
  while (start > at - 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1
  return start
}

/** The length of the character of two bytes or more that starts here; 0 when it is broken. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0
  const sequence = SEQUENCES.find(([leadFrom, leadTo]) => lead >= leadFrom && lead <= leadTo)
  if (sequence === undefined) return 0
  const [, , following, from, to] = sequence
  const second = bytes[at + 1] ?? 0
  if (second < from || second > to) return 0
  for (let index = 2; index <= following; index += 1) if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0
  return following + 1
}
