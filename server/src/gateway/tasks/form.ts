import { randomUUID } from 'node:crypto'
import { Busboy } from '@fastify/busboy'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { readBytes } from '../read-body.ts'
import type { Received, TaskBody } from './task.ts'

/** Forms with files (multipart/form-data, RFC 7578): read within bounds, and written anew, so that nobody reads them otherwise. */

/** A field of text, or a file. */
export type FormPart = { readonly name: string; readonly value: Buffer; readonly file: FileFacts | null }
export type FileFacts = { readonly name: string; readonly type: string }

const LIMITS = {
  fieldNameSize: 100,
  fieldSize: 64 * 1024,
  fields: 64,
  files: 1,
  parts: 65,
  headerPairs: 32,
  headerSize: 8 * 1024,
}
/** RFC 2046, 5.1.1 */
const BOUNDARY_LENGTH_MAX = 70
const FILE_NAME_BYTES_MAX = 255

/** Throws content_type, multipart_invalid, and what reading any body throws. */
export async function readForm({ exchange, bounds }: Received): Promise<readonly FormPart[]> {
  const { request, response } = exchange
  const contentType = request.headers['content-type'] ?? ''
  checkContentType(contentType)
  const body = await readBytes(request, response, bounds.bodyBytesMax)
  const parts = await split(body, contentType)
  checkNames(parts)
  return parts
}

function checkContentType(contentType: string): void {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType)) {
    const sent = contentType === '' ? 'no Content-Type' : `Content-Type ${excerpt(contentType)}`
    throw new PaddockError('content_type', {
      message: `The body must be a form with a file, and the request says ${sent}. Send multipart/form-data (curl: -F file=@speech.wav -F model=…).`,
    })
  }
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))/i.exec(contentType) ?? []
  const { length } = quoted ?? plain ?? ''
  if (length === 0) throw invalid('its Content-Type names no boundary; let the client write this header itself')
  if (length > BOUNDARY_LENGTH_MAX) {
    throw invalid(`its boundary has ${length} characters, and a boundary may have ${BOUNDARY_LENGTH_MAX}`)
  }
}

function split(body: Buffer, contentType: string): Promise<readonly FormPart[]> {
  return new Promise((resolve, reject) => {
    const parts: FormPart[] = []
    const refuse = (why: string): void => {
      reject(invalid(why))
    }
    const form = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS })
    form.on('field', (name, value, isNameCut, isValueCut) => {
      if (isNameCut || isValueCut) refuse(`a field has more than ${LIMITS.fieldSize} bytes`)
      parts.push({ name, value: Buffer.from(value), file: null })
    })
    form.on('file', (name, stream, fileName, _encoding, type) => {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => parts.push({ name, value: Buffer.concat(pieces), file: { name: fileName, type } }))
    })
    form.on('partsLimit', () => {
      refuse(`it has more than ${LIMITS.parts} parts`)
    })
    form.on('fieldsLimit', () => {
      refuse(`it has more than ${LIMITS.fields} fields`)
    })
    form.on('filesLimit', () => {
      refuse(`it has more than ${LIMITS.files} file`)
    })
    form.on('error', (failure) => {
      refuse(`it cannot be read: ${failure instanceof Error ? failure.message : String(failure)}`)
    })
    form.on('finish', () => {
      resolve(parts)
    })
    form.end(body)
  })
}

/** A name that stands twice could be read in two ways; names that end in [] are lists. */
function checkNames(parts: readonly FormPart[]): void {
  const seen = new Set<string>()
  for (const { name, file } of parts) {
    if (seen.has(name) && !name.endsWith('[]')) throw invalid(`the field ${excerpt(name)} stands in it twice`)
    seen.add(name)
    if (file !== null && Buffer.byteLength(file.name) > FILE_NAME_BYTES_MAX) {
      throw new PaddockError('too_long', {
        message: `The name of the file may have ${FILE_NAME_BYTES_MAX} bytes; this one has ${Buffer.byteLength(file.name)}.`,
        param: `/${name}`,
      })
    }
  }
}

function invalid(why: string): PaddockError {
  return new PaddockError('multipart_invalid', { message: `The form cannot be taken: ${why}.` })
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
  return `${field}; filename="${escaped(file.name)}"\r\nContent-Type: ${/^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream'}`
}

/** As browsers do it (WHATWG, multipart form data), and without what is invisible. */
function escaped(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '').replaceAll('"', '%22')
}
