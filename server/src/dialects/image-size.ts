/** What an image says about itself in its first bytes. Nothing is decoded, so a small file cannot unfold into a large one. */

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
export type ImageHeader = { readonly type: ImageType; readonly width: number; readonly height: number }

/** Gives some bytes of a file; fewer where it ends. */
export type ReadBytes = (offset: number, length: number) => Buffer

const OPENING_LENGTH = 32
/** A camera's file has a dozen segments before its size; the limit stops files made of nothing but segments. */
const JPEG_SEGMENTS_MAX = 1_024

/** Null when the bytes are of no type above, or end before they say how large the image is. */
export function readImageHeader(read: ReadBytes): ImageHeader | null {
  const opening = read(0, OPENING_LENGTH)
  const ascii = opening.toString('latin1')
  const header = headerOf(ascii, opening, read)
  return header !== null && header.width > 0 && header.height > 0 ? header : null
}

function headerOf(ascii: string, opening: Buffer, read: ReadBytes): ImageHeader | null {
  if (ascii.startsWith('\x89PNG\r\n\x1a\n') && ascii.startsWith('IHDR', 12)) return readPng(opening)
  if (ascii.startsWith('GIF87a') || ascii.startsWith('GIF89a')) return readGif(opening)
  if (ascii.startsWith('\xff\xd8\xff')) return readJpeg(read)
  if (ascii.startsWith('RIFF') && ascii.startsWith('WEBP', 8)) return readWebp(ascii.slice(12, 16), opening)
  return null
}

/** PNG, section 11.2.1: the first chunk is IHDR. */
function readPng(opening: Buffer): ImageHeader | null {
  if (opening.length < 24) return null
  return { type: 'image/png', width: opening.readUInt32BE(16), height: opening.readUInt32BE(20) }
}

/** GIF89a, section 18: the logical screen. */
function readGif(opening: Buffer): ImageHeader | null {
  if (opening.length < 10) return null
  return { type: 'image/gif', width: opening.readUInt16LE(6), height: opening.readUInt16LE(8) }
}

/** RFC 9649: one of three kinds of chunk comes first, and each has its own way of writing the size. */
function readWebp(chunk: string, opening: Buffer): ImageHeader | null {
  const type = 'image/webp'
  if (opening.length < 30) return null
  if (chunk === 'VP8X') return { type, width: opening.readUIntLE(24, 3) + 1, height: opening.readUIntLE(27, 3) + 1 }
  if (chunk === 'VP8L') {
    const bits = opening.readUInt32LE(21)
    return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (chunk !== 'VP8 ') return null
  return { type, width: opening.readUInt16LE(26) & 0x3fff, height: opening.readUInt16LE(28) & 0x3fff }
}

/** ITU T.81, annex B: segments until a start of frame, which has the size. */
function readJpeg(read: ReadBytes): ImageHeader | null {
  let offset = 2
  for (let count = 0; count < JPEG_SEGMENTS_MAX; count += 1) {
    const segment = read(offset, 9)
    const marker = segment[1] ?? 0
    if (segment.length < 9 || segment[0] !== 0xff) return null
    if (isStartOfFrame(marker))
      return { type: 'image/jpeg', width: segment.readUInt16BE(7), height: segment.readUInt16BE(5) }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return null
    offset += lengthOf(marker, segment)
  }
  return null
}

const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
const FILL = 0xff

/** C0 to CF, without the tables and the reserved marker among them. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function lengthOf(marker: number, segment: Buffer): number {
  if (marker === FILL) return 1
  const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
  return standsAlone ? 2 : 2 + segment.readUInt16BE(2)
}
