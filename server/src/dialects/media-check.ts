import { PaddockError } from '../base/errors.ts'
import { byteSet, endOfRun } from './byte-run.ts'
import { base64Fault, imageUrlFault, readDataUri } from './image-url.ts'
import { memberText } from './json-read.ts'
import type { JsonMember, JsonValue } from './json-text.ts'
import type { RequestLimits } from './limits.ts'
import { urlFault, type Fault } from './url-rules.ts'

/**
 * Whatever a request may make somebody fetch or decode, in every dialect and wherever it stands: in what is said, in the
 * results of tools, in documents, in blocks nobody here knows, and as a server that offers tools.
 */

/** An object of a request: a message, a block, a part, or what stands in one of these. */
export type Part = {
  readonly object: JsonValue
  readonly members: readonly JsonMember[]
  readonly type: string
  /** The type of the object around it. */
  readonly around: string
}

/** Members that describe, quote, or repeat what a model called: an address in them is a text like any other. */
const QUOTING: ReadonlySet<string> = new Set(
  'parameters input_schema input_examples schema guided_json metadata annotations citations action arguments'.split(
    ' ',
  ),
)

/** All objects in a value, itself included, as they come. Recursion ends: a body is at most 64 levels deep. */
export function partsIn(value: JsonValue | undefined): Part[] {
  const parts: Part[] = []
  if (value) collect(value, '', parts)
  return parts
}

function collect(value: JsonValue, around: string, parts: Part[]): void {
  if (value.kind === 'array') for (const item of value.elements()) collect(item, around, parts)
  if (value.kind !== 'object') return
  const type = memberText(value, 'type')
  const members = value.members()
  parts.push({ object: value, members, type, around })
  for (const { key, value: inside } of members) if (!isQuoting(key, inside)) collect(inside, type, parts)
}

/** The input of a tool is an object; that of a conversation is a list. */
function isQuoting(key: string, value: JsonValue): boolean {
  return QUOTING.has(key) || (key === 'input' && value.kind === 'object')
}

/** Throws a PaddockError with the place of the first address, image or data that cannot be taken. */
export function checkMedia(parts: readonly Part[], limits: RequestLimits): void {
  for (const part of parts) {
    for (const { key, value } of part.members) {
      const fault = value.kind === 'string' ? faultOf(key, value, { part, limits }) : null
      if (fault) throw new PaddockError(fault.code, { message: fault.message, param: value.pointer })
    }
  }
}

type Place = { readonly part: Part; readonly limits: RequestLimits }

function faultOf(key: string, value: JsonValue, { part, limits }: Place): Fault | null {
  if (/ur[il]$/i.test(key)) return imageUrlFault(value.textBytes(), limits)
  if (key === 'file_data') return dataFault(value.textBytes(), limits)
  if (key !== 'data') return null
  if (part.around === 'input_audio') return dataFault(value.textBytes(), limits)
  if (part.type !== 'base64') return null
  if (part.around !== 'image') return base64Fault(value.textBytes())
  const head = `data:${memberText(part.object, 'media_type')};base64,`
  return imageUrlFault(Buffer.concat([Buffer.from(head), value.textBytes()]), limits)
}

const SPACE = byteSet(' \t\r\n\f\v')
const SCHEME_LENGTH_MAX = 32

/** Bare base64 or a data: URI. Some providers take an address there: then it is one like any other. No base64 has a colon. */
function dataFault(bytes: Buffer, limits: RequestLimits): Fault | null {
  const text = bytes.subarray(endOfRun(bytes, 0, SPACE))
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(text.toString('latin1', 0, SCHEME_LENGTH_MAX))?.[0].toLowerCase()
  if (scheme === undefined) return base64Fault(text)
  if (scheme !== 'data:') return urlFault(text.toString(), limits.urls)
  const { type, base64 } = readDataUri(text)
  return type.startsWith('image/') ? imageUrlFault(text, limits) : base64Fault(base64)
}
