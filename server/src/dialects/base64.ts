import { byteSet, endOfRun } from './byte-run.ts'

/** base64 (RFC 4648, section 4) as it lies in a body: checked without decoding, decoded only where it is looked at. */

const ALPHABET = byteSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

/** What is wrong with it, as the end of a sentence; null when nothing is. */
export function base64Problem(text: Buffer): string | null {
  const end = endOfRun(text, 0, ALPHABET)
  const padding = text.length - end
  const isPadded = padding <= 2 && text.toString('latin1', end) === '='.repeat(padding)
  if (!isPadded) return `the character at offset ${end} does not belong there`
  if (text.length === 0) return 'it is empty'
  return text.length % 4 === 0
    ? null
    : `its length, ${text.length}, is not a multiple of four: it was cut, or lacks its padding`
}

/** How many bytes checked base64 stands for. */
export function base64DecodedLength(text: Buffer): number {
  const padding = Number(text.at(-1) === PADDING) + Number(text.at(-2) === PADDING)
  return (text.length / 4) * 3 - padding
}

/** Some of the bytes checked base64 stands for; fewer where it ends. */
export function decodeBase64(text: Buffer, offset: number, length: number): Buffer {
  const from = Math.floor(offset / 3) * 4
  const to = Math.ceil((offset + length) / 3) * 4
  return Buffer.from(text.toString('latin1', from, to), 'base64').subarray(offset % 3, (offset % 3) + length)
}

const PADDING = 0x3d
