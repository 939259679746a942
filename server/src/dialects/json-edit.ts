import { assert } from '../base/errors.ts'
import type { JsonText, JsonValue } from './json-text.ts'

/** New bytes instead of those from `from` to `to`; where both are equal, between them. */
type Splice = { readonly from: number; readonly to: number; readonly value: string }

/**
 * Changes to a JSON text that leave every other byte as the caller wrote it: spacing, the order of members, escapes, and
 * the digits of numbers that no double can hold. Values are given as JSON. One change a place.
 */
export class JsonEdit {
  private readonly json: JsonText
  private readonly splices: Splice[] = []

  constructor(json: JsonText) {
    this.json = json
  }

  /** Gives a top-level member this value: in its place if it is there, else behind the others. */
  setMember(name: string, value: string): this {
    return this.setIn(this.json.root, name, value)
  }

  /** The same in any object of the text. */
  setIn(object: JsonValue, key: string, value: string): this {
    const present = object.member(key)
    if (present) this.splices.push({ from: present.start, to: present.end, value })
    else this.insert(object, `${JSON.stringify(key)}:${value}`)
    return this
  }

  /** Gives a member of the top-level object `name` this value. An object that is absent, or no object, is made. */
  setInObject(name: string, key: string, value: string): this {
    const object = this.json.root.member(name)
    if (object?.kind === 'object') this.setIn(object, key, value)
    else this.setMember(name, `{${JSON.stringify(key)}:${value}}`)
    return this
  }

  /** Takes the top-level members of these names out, as if they had never been in. Who adds others leaves one in. */
  removeMembers(names: ReadonlySet<string>): this {
    if (names.size > 0)
      for (const extent of this.json.root.memberExtents(names)) this.splices.push({ ...extent, value: '' })
    return this
  }

  /** The new text; the old one where nothing is changed. */
  bytes(): Buffer {
    const { bytes } = this.json
    if (this.splices.length === 0) return bytes
    const splices = this.splices.toSorted((one, other) => one.from - other.from)
    let { length } = bytes
    for (const { from, to, value } of splices) length += Buffer.byteLength(value) - (to - from)
    const whole = Buffer.allocUnsafe(length)
    let read = 0
    let at = 0
    for (const { from, to, value } of splices) {
      assert(from >= read, 'edits of JSON do not overlap')
      at += bytes.copy(whole, at, read, from)
      at += whole.write(value, at)
      read = to
    }
    bytes.copy(whole, at, read)
    return whole
  }

  private insert(object: JsonValue, member: string): void {
    const last = object.members().at(-1)
    const at = last?.value.end ?? object.start + 1
    const isFirst = last === undefined && !this.splices.some(({ from }) => from === at)
    this.splices.push({ from: at, to: at, value: isFirst ? member : `,${member}` })
  }
}
