import { BACKSLASH, QUOTE } from './json-string.ts'

/** Writes JSON from values and from pieces that are JSON already, whose digits and order of keys stay their author's. */

/** A piece of JSON as it was written. */
export class RawJson {
  readonly json: string

  constructor(json: string) {
    this.json = json
  }
}

/** What can be written; a member that is undefined is left out. */
export type JsonOut = string | number | boolean | null | undefined | RawJson | readonly JsonOut[] | JsonMembers

export type JsonMembers = { readonly [name: string]: JsonOut }

export function writeJson(value: JsonOut): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'object' && value !== null) {
    if (value instanceof RawJson) return value.json
    return isList(value) ? writeItems(value) : writeMembers(value)
  }
  return JSON.stringify(value ?? null)
}

function writeItems(items: readonly JsonOut[]): string {
  let written = ''
  for (const item of items) written += written === '' ? writeJson(item) : `,${writeJson(item)}`
  return `[${written}]`
}

function writeMembers(members: JsonMembers): string {
  let written = ''
  for (const name of Object.keys(members)) {
    const value = members[name]
    if (value === undefined) continue
    const { first, next } = openingOf(name)
    written += (written === '' ? first : next) + writeJson(value)
  }
  return written === '' ? '{}' : `${written}}`
}

/** What stands before the value of a member, the first of its object or another. */
type Opening = { readonly first: string; readonly next: string }

/** Names are a few hundred, and written with every request. Callers make up some, so not all are kept. */
const openings = new Map<string, Opening>()
const OPENINGS_MAX = 1_000

function openingOf(name: string): Opening {
  const known = openings.get(name)
  if (known !== undefined) return known
  const quotedName = JSON.stringify(name)
  const opening = { first: `{${quotedName}:`, next: `,${quotedName}:` }
  if (openings.size < OPENINGS_MAX) openings.set(name, opening)
  return opening
}

const SHORT = 32

/** Most short texts have nothing to escape: to look costs less than to ask the engine. */
function quoted(text: string): string {
  if (text.length > SHORT) return JSON.stringify(text)
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) return JSON.stringify(text)
  }
  return `"${text}"`
}

function isList(value: JsonOut): value is readonly JsonOut[] {
  return Array.isArray(value)
}
