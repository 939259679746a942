import { assert } from '../base/errors.ts'
import { crc32c } from './crc32c.ts'

/**
 * The journal on the byte level. A frame is: payload length (u32), CRC-32C of type and payload (u32), type (u8), payload
 * (JSON, UTF-8); numbers are little-endian.
 */
export type Frame = {
  readonly kind: 'frame'
  readonly type: number
  readonly start: number
  readonly end: number
  readonly payload: Buffer
}

/**
 * Bytes that are no frame. `damaged`: something was written here and is wrong now. `torn`: the bytes end inside a frame,
 * as they do when the machine stops during a write.
 */
export type Gap = { readonly kind: 'damaged' | 'torn'; readonly start: number; readonly end: number }

const HEAD_BYTES = 9
const TYPE_MAX = 15
const OPENING_BRACE = 0x7b
/**
 * Below 2^24 the highest length byte is zero, and JSON text never holds a zero byte: so nothing a caller puts into a
 * record can be mistaken for a frame when a reader looks for the next one after damage.
 */
const PAYLOAD_BYTES_MAX = 2 ** 24 - 1

/** Splits bytes into frames and the gaps between them. After a gap it goes on with the next frame whose checksum holds. */
export function* readFrames(bytes: Buffer): Generator<Frame | Gap, void, undefined> {
  let start = 0
  while (start < bytes.length) {
    const end = frameEnd(bytes, start)
    if (end !== null && isIntact(bytes, start, end)) {
      yield {
        kind: 'frame',
        type: bytes[start + 8] as number,
        start,
        end,
        payload: bytes.subarray(start + HEAD_BYTES, end),
      }
      start = end
      continue
    }
    const next = nextFrame(bytes, start + 1)
    const torn = end === null && next === bytes.length
    yield { kind: torn ? 'torn' : 'damaged', start, end: next }
    start = next
  }
}

/** Where the frame at `start` would end; null where no frame can be: the head is impossible or the bytes stop before. */
function frameEnd(bytes: Buffer, start: number): number | null {
  if (bytes.length - start <= HEAD_BYTES) return null
  const length = bytes.readUInt32LE(start)
  const type = bytes[start + 8] as number
  if (length === 0 || length > PAYLOAD_BYTES_MAX || type === 0 || type > TYPE_MAX) return null
  if (bytes[start + HEAD_BYTES] !== OPENING_BRACE) return null
  const end = start + HEAD_BYTES + length
  return end <= bytes.length ? end : null
}

function isIntact(bytes: Buffer, start: number, end: number): boolean {
  return bytes.readUInt32LE(start + 4) === crc32c(bytes, start + 8, end)
}

function nextFrame(bytes: Buffer, from: number): number {
  for (let start = from; start < bytes.length; start++) {
    const end = frameEnd(bytes, start)
    if (end !== null && isIntact(bytes, start, end)) return start
  }
  return bytes.length
}

/** Frames on their way to the disk, side by side in one growing buffer. */
export class FrameBuffer {
  #bytes = Buffer.allocUnsafe(16_384)
  #length = 0

  /** Everything added so far. Valid until the next `add`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Adds one frame and says where it lies in `bytes`. */
  add(type: number, json: string): { start: number; end: number } {
    const start = this.#length
    this.#reserve(HEAD_BYTES + json.length * 3)
    const payloadBytes = this.#bytes.write(json, start + HEAD_BYTES, 'utf8')
    assert(payloadBytes > 0 && payloadBytes <= PAYLOAD_BYTES_MAX, 'a journal record is shorter than 16 MiB')
    const end = start + HEAD_BYTES + payloadBytes
    this.#bytes.writeUInt32LE(payloadBytes, start)
    this.#bytes[start + 8] = type
    this.#bytes.writeUInt32LE(crc32c(this.#bytes, start + 8, end), start + 4)
    this.#length = end
    return { start, end }
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
