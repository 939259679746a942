import type { UsageSource } from '@paddock/contract/usage'

/** How long a recording is, in whole seconds: a second that has begun counts. */
export type SoundLength = { readonly seconds: number; readonly source: UsageSource; readonly method: string }

/** Compressed speech has at least so many bytes a second (32 kbit/s), so an estimate is rather too long than too short. */
const BYTES_PER_SECOND = 4_000

/** A WAV file says it in its head; of any other, the size says what it can be. */
export function soundLength(file: Buffer): SoundLength {
  const seconds = wavSeconds(file)
  if (seconds !== null) return { seconds: Math.ceil(seconds), source: 'counted', method: 'the head of the WAV file' }
  return {
    seconds: Math.ceil(file.length / BYTES_PER_SECOND),
    source: 'estimated',
    method: `the size of the file, at ${BYTES_PER_SECOND} bytes a second`,
  }
}

const CHUNK_HEAD = 8
const CHUNKS_MAX = 64

/** RIFF: chunks of a name, a length and as many bytes, padded to an even number. */
function wavSeconds(file: Buffer): number | null {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return null
  let bytesPerSecond = 0
  let at = 12
  for (let chunks = 0; chunks < CHUNKS_MAX && at + CHUNK_HEAD <= file.length; chunks += 1) {
    const name = file.toString('latin1', at, at + 4)
    const length = file.readUInt32LE(at + 4)
    const start = at + CHUNK_HEAD
    if (name === 'fmt ' && start + 12 <= file.length) bytesPerSecond = file.readUInt32LE(start + 8)
    // Who writes while it records does not know the length, and gives the largest there is.
    if (name === 'data') return bytesPerSecond === 0 ? null : Math.min(length, file.length - start) / bytesPerSecond
    at = start + length + (length % 2)
  }
  return null
}
