import { createHash, randomFillSync } from 'node:crypto'
import type { Clock } from './clock.ts'

const RANDOM_BYTES = 4096
const pool = Buffer.alloc(RANDOM_BYTES)
/** Where one id at a time is put together. */
const scratch = Buffer.alloc(16)
let used = RANDOM_BYTES

/** Random bytes from a pool: one call to the system for some four hundred ids. */
function random(count: number): Buffer {
  if (used + count > RANDOM_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  used += count
  return pool.subarray(used - count, used)
}

/** A UUIDv7. Ids within one millisecond are in random order. */
export function newId(clock: Clock): string {
  return uuidV7(clock.now(), random(16))
}

/** A UUIDv7 whose bits of chance follow from a text: what says the same at the same instant has the same id. */
export function idOf(epochMs: number, said: string): string {
  return uuidV7(epochMs, createHash('sha256').update(said).digest().subarray(0, 16))
}

/** RFC 9562 §5.7: 48 bits of time, then random bits, so ids made later sort later and a database index stays compact. */
export function uuidV7(epochMs: number, sixteenRandomBytes: Buffer): string {
  const bytes = scratch
  bytes.set(sixteenRandomBytes)
  bytes.writeUIntBE(epochMs, 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
