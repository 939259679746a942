import { excerpt, PaddockError } from '../../base/errors.ts'

/**
 * Forms with files (multipart/form-data, RFC 7578), read from their bytes in one pass. Of the libraries for this, those that
 * were tried hang or throw past their caller on damaged forms; and what is ambiguous must be refused here, not guessed.
 */

/** A field of text, or a file. */
export type FormPart = { readonly name: string; readonly value: Buffer; readonly file: FileFacts | null }
export type FileFacts = { readonly name: string; readonly type: string }

/** RFC 2046, 5.1.1 */
const BOUNDARY_LENGTH_MAX = 70
const PARTS_MAX = 65
const FILES_MAX = 1
const HEAD_BYTES_MAX = 8 * 1024
const FIELD_BYTES_MAX = 64 * 1024

const LINE_END = Buffer.from('\r\n')
const HEAD_END = Buffer.from('\r\n\r\n')
const LAST = Buffer.from('--')

/** Throws multipart_invalid for what is no form, and nothing else. */
export function splitForm(body: Buffer, boundary: string): readonly FormPart[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter has no line before it to end.
  if (!startsWith(body, delimiter.subarray(LINE_END.length), 0)) throw invalid('it does not begin with its boundary')
  const parts: FormPart[] = []
  let at = delimiter.length - LINE_END.length
  while (!startsWith(body, LAST, at)) {
    if (!startsWith(body, LINE_END, at)) throw invalid(`byte ${at} follows a boundary and ends no line`)
    if (parts.length === PARTS_MAX) throw invalid(`it has more than ${PARTS_MAX} parts`)
    const { headers, valueAt } = readHead(body, at)
    const end = body.indexOf(delimiter, valueAt)
    if (end === -1) throw invalid('it ends inside a part, before its last boundary')
    parts.push(partOf(headers, body.subarray(valueAt, end)))
    at = end + delimiter.length
  }
  checkParts(parts)
  return parts
}

/** The boundary in a Content-Type. Throws multipart_invalid where there is none, or none that can be. */
export function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))/i.exec(contentType) ?? []
  const boundary = quoted ?? plain ?? ''
  if (boundary === '') throw invalid('its Content-Type names no boundary; let the client write this header itself')
  if (boundary.length <= BOUNDARY_LENGTH_MAX) return boundary
  throw invalid(`its boundary has ${boundary.length} characters, and a boundary may have ${BOUNDARY_LENGTH_MAX}`)
}

type Head = { readonly headers: ReadonlyMap<string, string>; readonly valueAt: number }

/** The head of a part begins with the end of its boundary's line and ends with an empty one. */
function readHead(body: Buffer, at: number): Head {
  const start = at + LINE_END.length
  const length = body.subarray(at, at + HEAD_BYTES_MAX).indexOf(HEAD_END)
  if (length === -1) throw invalid(`the head of a part does not end within ${HEAD_BYTES_MAX} bytes`)
  const lines = body.toString('utf8', start, at + length).split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).toLowerCase()
    if (!/^[\w-]+$/.test(name) || headers.has(name)) throw invalid(`a part has the header ${excerpt(line)}`)
    headers.set(name, line.slice(colon + 1).trim())
  }
  return { headers, valueAt: at + length + HEAD_END.length }
}

function partOf(headers: Head['headers'], value: Buffer): FormPart {
  const facts = parametersOf(headers.get('content-disposition') ?? '')
  const name = facts.get('name') ?? ''
  if (name === '') throw invalid('a part has no name')
  const encoding = headers.get('content-transfer-encoding') ?? 'binary'
  if (!/^(binary|[78]bit)$/i.test(encoding))
    throw invalid(`the field ${excerpt(name)} is encoded as ${excerpt(encoding)}`)
  const fileName = facts.get('filename*') ?? facts.get('filename')
  if (fileName === undefined && value.length > FIELD_BYTES_MAX) {
    throw invalid(`the field ${excerpt(name)} has ${value.length} bytes, and a field may have ${FIELD_BYTES_MAX}`)
  }
  const type = headers.get('content-type') ?? 'application/octet-stream'
  return { name, value, file: fileName === undefined ? null : { name: lastSegment(fileName), type } }
}

/** form-data; name="file"; filename="a.wav" */
function parametersOf(disposition: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  if (!/^form-data\s*(;|$)/i.test(disposition)) return parameters
  for (const [, key = '', quoted, plain = ''] of disposition.matchAll(
    /;\s*([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g,
  )) {
    const name = key.toLowerCase()
    if (parameters.has(name)) throw invalid(`a part has the parameter ${excerpt(name)} twice`)
    parameters.set(name, name === 'filename*' ? extended(plain) : (quoted?.replaceAll(/\\(["\\])/g, '$1') ?? plain))
  }
  return parameters
}

/** RFC 5987: UTF-8''%E4%BD%A0.wav, which some clients write although forms should not have it. */
function extended(text: string): string {
  try {
    return decodeURIComponent(text.replace(/^[\w-]*'[\w-]*'/, ''))
  } catch {
    throw invalid('the name of its file is not written in UTF-8')
  }
}

/** Where the file lay on its machine is nobody's business. */
function lastSegment(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

/** A name that stands twice could be read in two ways; names that end in [] are lists. */
function checkParts(parts: readonly FormPart[]): void {
  const seen = new Set<string>()
  for (const { name } of parts) {
    if (seen.has(name) && !name.endsWith('[]')) throw invalid(`the field ${excerpt(name)} stands in it twice`)
    seen.add(name)
  }
  if (parts.filter(({ file }) => file !== null).length > FILES_MAX) throw invalid(`it has more than ${FILES_MAX} file`)
}

function startsWith(body: Buffer, bytes: Buffer, at: number): boolean {
  return body.subarray(at, at + bytes.length).equals(bytes)
}

export function invalid(why: string): PaddockError {
  return new PaddockError('multipart_invalid', { message: `The form cannot be taken: ${why}.` })
}
