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
  if (value instanceof RawJson) return value.json
  if (isList(value)) return `[${value.map(writeJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return writeMembers(value)
  return JSON.stringify(value ?? null)
}

function writeMembers(members: JsonMembers): string {
  const written = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${writeJson(value)}`)
  return `{${written.join(',')}}`
}

function isList(value: JsonOut): value is readonly JsonOut[] {
  return Array.isArray(value)
}
