import { randomUUID } from 'node:crypto'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { nameRequest } from '../once.ts'
import { readBytes } from '../read-body.ts'
import { boundaryOf, splitForm, type FileFacts, type FormPart } from './split-form.ts'
import type { Received, TaskBody } from './task.ts'

/** A form is read within bounds, and written anew, so that a provider reads what was read here and nothing else. */

const FILE_NAME_BYTES_MAX = 255

/** Throws content_type, multipart_invalid, too_long for the name of a file, and what reading any body throws. */
export async function readForm({ exchange, bounds }: Received): Promise<readonly FormPart[]> {
  const { request, response } = exchange
  const contentType = request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType)) throw notForm(contentType)
  const boundary = boundaryOf(contentType)
  const parts = splitForm(await readBytes(request, response, bounds.bodyBytesMax), boundary)
  // Its boundary is another one each time it is sent; what stands in it is not.
  nameRequest(
    exchange,
    parts.flatMap(({ name, value, file }) => [JSON.stringify([name, file, value.length]), value]),
  )
  for (const { name, file } of parts) if (file !== null) checkFileName(name, file)
  return parts
}

function notForm(contentType: string): PaddockError {
  const sent = contentType === '' ? 'no Content-Type' : `Content-Type ${excerpt(contentType)}`
  return new PaddockError('content_type', {
    message: `The body must be a form with a file, and the request says ${sent}. Send multipart/form-data (curl: -F file=@speech.wav -F model=…).`,
  })
}

function checkFileName(field: string, { name }: FileFacts): void {
  const length = Buffer.byteLength(name)
  if (length <= FILE_NAME_BYTES_MAX) return
  throw new PaddockError('too_long', {
    message: `The name of the file may have ${FILE_NAME_BYTES_MAX} bytes; this one has ${length}.`,
    param: `/${field}`,
  })
}

/** The same parts in the same order, files to the byte, below a boundary of ours. */
export function writeForm(parts: readonly FormPart[]): TaskBody {
  const boundary = `paddock-${randomUUID()}`
  const pieces = parts.flatMap(({ name, value, file }) => [
    Buffer.from(`--${boundary}\r\n${headOf(name, file)}\r\n\r\n`),
    value,
    Buffer.from('\r\n'),
  ])
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
  }
}

function headOf(name: string, file: FileFacts | null): string {
  const field = `Content-Disposition: form-data; name="${escaped(name)}"`
  if (file === null) return field
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream'
  return `${field}; filename="${escaped(file.name)}"\r\nContent-Type: ${type}`
}

/** As browsers do it (WHATWG, multipart form data), and without what is invisible. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll('"', '%22')
    .replaceAll('\\', '%5C')
}
