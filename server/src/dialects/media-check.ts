import { PaddockError } from '../base/errors.ts'
import { byteSet, endOfRun } from './byte-run.ts'
import { base64Fault, imageUrlFault, readDataUri } from './image-url.ts'
import { memberText } from './json-read.ts'
import type { JsonValue } from './json-text.ts'
import type { RequestLimits } from './limits.ts'
import { urlFault, type Fault } from './url-rules.ts'

/**
 * Whatever a request may make somebody fetch or decode, in every dialect and wherever it stands: in what is said, in the
 * results of tools, in documents, in blocks nobody here knows, and as a server that offers tools.
 */

/** An object of a request: a message, a block, a part, or what stands in one of these. */
export type Part = {
  readonly object: JsonValue
  readonly type: string
  /** The type of the object around it. */
  readonly around: string
}

/** What stands in a request, as it comes. */
export type Found = {
  /** All objects. */
  readonly parts: Part[]
  /** Strings that may be an address or data, by their names. */
  readonly suspects: Suspect[]
}

type Suspect = { readonly part: Part; readonly key: string; readonly value: JsonValue }

/** Members that describe, quote, or repeat what a model called: an address in them is a text like any other. */
const QUOTING: ReadonlySet<string> = new Set(
  'parameters input_schema input_examples schema guided_json metadata annotations citations action arguments'.split(
    ' ',
  ),
)

/** Looks into all objects in a value, itself included. Recursion ends: a body is at most 64 levels deep. */
export function lookInto(value: JsonValue): Found {
  const found: Found = { parts: [], suspects: [] }
  look(value, '', found)
  return found
}

/** Those of a request's objects that stand in one of its values. */
export function partsInside(value: JsonValue | undefined, parts: readonly Part[]): readonly Part[] {
  if (value === undefined) return []
  const { start, end } = value
  return parts.filter(({ object }) => object.start >= start && object.start < end)
}

function look(value: JsonValue, around: string, found: Found): void {
  if (value.kind === 'array') {
    value.eachElement((item) => {
      look(item, around, found)
    })
  } else if (value.kind === 'object') lookAtObject(value, around, found)
}

function lookAtObject(object: JsonValue, around: string, found: Found): void {
  const type = memberText(object, 'type')
  const part = { object, type, around }
  found.parts.push(part)
  let inner: JsonValue[] | null = null
  object.eachMember((key, inside) => {
    const { kind } = inside
    if (kind === 'string') {
      if (isSuspect(key)) found.suspects.push({ part, key, value: inside })
    } else if ((kind === 'object' || kind === 'array') && !isQuoting(key, inside)) (inner ??= []).push(inside)
  })
  for (const inside of inner ?? NOTHING) look(inside, type, found)
}

const NOTHING: readonly JsonValue[] = []

function isSuspect(key: string): boolean {
  return key === 'file_data' || key === 'data' || isAddress(key)
}

const SMALL = 0x20
const SMALL_I = 0x69
const SMALL_L = 0x6c

/** Of every key of every message this is asked, so its last letter is looked at first. */
function isAddress(key: string): boolean {
  const last = key.charCodeAt(key.length - 1) | SMALL
  return (last === SMALL_I || last === SMALL_L) && /ur[il]$/i.test(key)
}

/** The input of a tool is an object; that of a conversation is a list. */
function isQuoting(key: string, value: JsonValue): boolean {
  return QUOTING.has(key) || (key === 'input' && value.kind === 'object')
}

/** Throws a PaddockError with the place of the first address, image or data that cannot be taken. */
export function checkMedia({ suspects }: Found, limits: RequestLimits): void {
  for (const suspect of suspects) {
    const fault = faultOf(suspect, limits)
    if (fault) throw new PaddockError(fault.code, { message: fault.message, param: suspect.value.pointer })
  }
}

function faultOf({ key, value, part }: Suspect, limits: RequestLimits): Fault | null {
  if (isAddress(key)) return imageUrlFault(value.textBytes(), limits)
  if (key === 'file_data') return dataFault(value.textBytes(), limits)
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
