import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

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

const DECODERS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

export type ContentEncoding = keyof typeof DECODERS

/** Whether a `content-encoding` is one that `bodyDecoder` can undo. */
export function isDecodable(encoding: string): encoding is ContentEncoding {
  return Object.hasOwn(DECODERS, encoding)
}

export function bodyDecoder(encoding: ContentEncoding, sink: DecodedSink): BodyDecoder {
  const stream = DECODERS[encoding]()
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
  stream.on('error', (error) => {
    sink.onBroken(`the ${encoding} body cannot be decoded (${error.message})`)
  })
  return {
    write: (bytes) => stream.write(bytes),
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
