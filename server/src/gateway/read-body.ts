import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, type Transform } from 'node:stream'
import { openDecoder } from '../base/http.ts'
import { PaddockError } from '../base/errors.ts'

/** A body may not inflate to more than this many times what was sent, once it is larger than a mebibyte. */
const INFLATION_MAX = 100
const INFLATION_FREE_BYTES = 1024 * 1024

/** The caller hung up before its request was whole: there is nobody to answer. */
export class CallerGone extends Error {}

/**
 * Reads a JSON body whole, refusing as early as each limit allows: by its headers before the first byte, by its size at
 * the byte that crosses. It may be empty. Throws content_type, charset_unsupported, encoding_unsupported, body_too_large,
 * body_inflates, or CallerGone.
 */
export function readBody(request: IncomingMessage, response: ServerResponse, bytesMax: number): Promise<Buffer> {
  checkContentType(request.headers['content-type'])
  return readBytes(request, response, bytesMax)
}

/** Throws body_empty. */
export function needBytes(body: Buffer): void {
  if (body.length > 0) return
  throw new PaddockError('body_empty', {
    message: 'The request body is empty. Send a JSON object with at least "model" and "messages".',
  })
}

/** The same for a body of any type. */
export function readBytes(request: IncomingMessage, response: ServerResponse, bytesMax: number): Promise<Buffer> {
  const decoder = pickDecoder(request.headers['content-encoding'])
  const announced = request.headers['content-length']
  if (announced !== undefined && tooLong(announced, bytesMax)) throw tooLarge(bytesMax)
  if (request.headers.expect !== undefined) response.writeContinue()
  return decoder === null ? readPlain(request, bytesMax) : readInflated(request, decoder, bytesMax)
}

/** Throws content_type or charset_unsupported for what is not JSON in UTF-8. */
export function checkContentType(header: string | undefined): void {
  if (header === 'application/json') return
  const [type = '', ...parameters] = (header ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    const sent = type === '' ? 'no Content-Type' : `Content-Type ${type.slice(0, 64)}`
    throw new PaddockError('content_type', {
      message: `The body must be JSON, and the request says ${sent}. Send the header "Content-Type: application/json" (curl: -H 'Content-Type: application/json').`,
    })
  }
  const charset = parameters
    .find((part) => part.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
    throw new PaddockError('charset_unsupported', {
      message: `The body is announced as ${charset.slice(0, 64)}. Send UTF-8.`,
    })
  }
}

function pickDecoder(header: string | undefined): Transform | null {
  if (header === undefined) return null
  const encoding = header.trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return null
  const decoder = openDecoder(encoding)
  if (decoder) return decoder
  throw new PaddockError('encoding_unsupported', {
    message: `The body is announced as Content-Encoding ${encoding.slice(0, 64)}. Send it plain, or as gzip, deflate or br.`,
  })
}

/** Compares as text, because a length may be larger than a number can hold. */
function tooLong(announced: string, bytesMax: number): boolean {
  return announced.length > 15 || Number(announced) > bytesMax
}

function tooLarge(bytesMax: number): PaddockError {
  return new PaddockError('body_too_large', {
    message: `The body may have ${bytesMax} bytes. Send less, or ask the operator to raise limits.body_bytes_max.`,
    headers: { connection: 'close' },
  })
}

function readPlain(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let length = 0
    request.on('data', (part: Buffer) => {
      length += part.length
      if (length > bytesMax) {
        request.pause()
        reject(tooLarge(bytesMax))
        return
      }
      parts.push(part)
    })
    request.on('end', () => {
      resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, length))
    })
    request.on('close', () => {
      if (!request.complete) reject(new CallerGone())
    })
    request.on('error', () => {
      reject(new CallerGone())
    })
  })
}

function readInflated(request: IncomingMessage, decoder: Transform, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let sent = 0
    let length = 0
    request.on('data', (part: Buffer) => {
      sent += part.length
    })
    decoder.on('data', (part: Buffer) => {
      length += part.length
      if (length > bytesMax || (length > INFLATION_FREE_BYTES && length > sent * INFLATION_MAX)) {
        decoder.destroy(inflates(bytesMax))
        return
      }
      parts.push(part)
    })
    pipeline(request, decoder, (failure) => {
      if (!failure) resolve(Buffer.concat(parts, length))
      else if (failure instanceof PaddockError) reject(failure)
      else if (request.destroyed && !request.complete) reject(new CallerGone())
      else reject(notDecodable(failure))
    })
  })
}

function inflates(bytesMax: number): PaddockError {
  return new PaddockError('body_inflates', {
    message: `The compressed body inflates past its limit: ${bytesMax} bytes in all, and ${INFLATION_MAX} times what was sent. Send it plain.`,
    headers: { connection: 'close' },
  })
}

function notDecodable(cause: unknown): PaddockError {
  return new PaddockError('encoding_invalid', {
    message: 'The body cannot be decompressed: it is not what Content-Encoding says.',
    cause,
  })
}
