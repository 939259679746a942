import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import {
  createBrotliCompress,
  createDeflate,
  createGzip,
  type BrotliCompress,
  type Deflate,
  type Gzip,
} from 'node:zlib'
import type { Script } from './script.ts'

const LINE_ENDS = { lf: '\n', crlf: '\r\n', cr: '\r' }
const COMPRESSORS = { gzip: createGzip, deflate: createDeflate, br: createBrotliCompress }

/** An SSE event or comment with the line ends the script asks for. JSON has no raw line ends, so only framing changes. */
export function frame(script: Script, line: string): string {
  return `${line}\n\n`.replaceAll('\n', LINE_ENDS[script.lineEnd])
}

/** Writes a body as the script cuts and compresses it. `write` resolves once the caller has room for more, or has gone. */
export type BodyWriter = { write(text: string): Promise<void>; end(): Promise<void> }

export function bodyWriter(response: ServerResponse, script: Script, gone: AbortSignal): BodyWriter {
  const compressor = script.encoding in COMPRESSORS ? COMPRESSORS[script.encoding as keyof typeof COMPRESSORS]() : null
  const held: string[] = []
  const writeNow = async (text: string): Promise<void> => {
    const bytes = compressor === null ? Buffer.from(text) : await compressPart(compressor, text)
    for (const part of script.split === 'bytes' ? singleBytes(bytes) : [bytes]) await writePart(response, part, gone)
  }
  return {
    write: (text) => {
      if (script.split !== 'whole') return writeNow(text)
      held.push(text)
      return Promise.resolve()
    },
    end: async () => {
      if (held.length > 0) await writeNow(held.join(''))
      if (compressor === null) {
        response.end()
      } else {
        compressor.end()
        const trailer = (await compressor.toArray()) as Buffer[]
        response.end(Buffer.concat(trailer))
      }
    },
  }
}

/** The compressed form of a text, flushed so that what has been said can be read at once. */
async function compressPart(compressor: Gzip | Deflate | BrotliCompress, text: string): Promise<Buffer> {
  compressor.write(text)
  await new Promise<void>((resolve) => {
    compressor.flush(resolve)
  })
  return (compressor.read() as Buffer | null) ?? Buffer.alloc(0)
}

async function writePart(response: ServerResponse, bytes: Buffer, gone: AbortSignal): Promise<void> {
  if (gone.aborted || response.write(bytes)) return
  await once(response, 'drain', { signal: gone }).catch(() => undefined)
}

function singleBytes(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
}
