import type { Transform } from 'node:stream'

/** Undoes a content-encoding piece by piece. `write` returning false means: wait for `onDrain`. */
export type BodyDecoder = {
  write(bytes: Uint8Array): boolean
  end(): void
  resume(): void
  destroy(): void
}

/** Where decoded bytes go. `onBytes` returning false pauses the decoder until `resume`; one of `onEnd` and `onBroken` is last. */
export type DecodedSink = {
  onBytes(bytes: Uint8Array): boolean
  onDrain(): void
  onEnd(): void
  onBroken(reason: string): void
}

/** Compressed text of a model is small, so this much of it is an attack or a fault. */
export const DECODED_BYTES_MAX = 64 * 1024 * 1024

/** `stream` undoes the encoding; its name is for what is said of a body that is broken. */
export function bodyDecoder(stream: Transform, encoding: string, sink: DecodedSink): BodyDecoder {
  let decodedBytes = 0
  stream.on('data', (bytes: Uint8Array) => {
    decodedBytes += bytes.length
    if (decodedBytes > DECODED_BYTES_MAX) {
      stream.destroy()
      sink.onBroken(`the ${encoding} body grows beyond ${DECODED_BYTES_MAX} bytes`)
    } else if (!sink.onBytes(bytes)) {
      stream.pause()
    }
  })
  stream.on('drain', () => {
    sink.onDrain()
  })
  stream.on('end', () => {
    sink.onEnd()
  })
  stream.on('error', (error: Error) => {
    sink.onBroken(`the ${encoding} body cannot be decoded (${error.message})`)
  })
  return {
    // It is worked off later, when its place holds other bytes.
    write: (bytes) => stream.write(Buffer.from(bytes)),
    end: () => {
      stream.end()
    },
    resume: () => {
      stream.resume()
    },
    destroy: () => {
      stream.destroy()
    },
  }
}
