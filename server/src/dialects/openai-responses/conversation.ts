import { JsonEdit } from '../json-edit.ts'
import { memberItems, memberPresent, memberText } from '../json-read.ts'
import { PROVIDER_JSON, readJson, type JsonText, type JsonValue } from '../json-text.ts'
import { itemType, REFERENCE } from './items.ts'
import { responseOf } from './response.ts'
import type { StoredConversation, Turn } from './stored.ts'

/** A conversation that is kept: what was said, item by item. */

/** A request's own input as one JSON list; every item has an id. */
export function ownInput({ root }: JsonText, requestId: string): string {
  const items = inputItems(root).map((item, index) => named(item, `in_${requestId.replaceAll('-', '')}_${index}`))
  return `[${items.join(',')}]`
}

function named(item: string, id: string): string {
  const { root } = readObject(item)
  const typed = root.member('type') === undefined ? setMember(item, 'type', 'message') : item
  return memberText(root, 'id') === '' ? setMember(typed, 'id', id) : typed
}

function setMember(item: string, name: string, value: string): string {
  return new JsonEdit(readObject(item)).setMember(name, JSON.stringify(value)).bytes().toString()
}

/** A text is a message of the user. */
function inputItems(root: JsonValue): string[] {
  const input = memberPresent(root, 'input')
  if (input?.kind !== 'string') return memberItems(root, 'input').map(({ raw }) => raw.toString())
  return [`{"type":"message","role":"user","content":[{"type":"input_text","text":${input.raw.toString()}}]}`]
}

export type ListedItem = { readonly id: string; readonly json: string }

/** All that was said before a kept answer. No two have the same id: some providers number the items of every answer alike. */
export function itemsBefore({ earlier, input }: StoredConversation): ListedItem[] {
  const ids = new Set<string>()
  return [...earlier.flatMap(itemsOf), ...itemsOfInput(input)].map((item, place) => {
    const json = item.raw.toString()
    const id = memberText(item, 'id')
    const own = id === '' || ids.has(id) ? `${id || 'item'}_${place}` : id
    ids.add(own)
    return { id: own, json: own === id ? json : setMember(json, 'id', own) }
  })
}

/** All that was said up to the end of a kept answer. */
export function itemsAfter(kept: StoredConversation): JsonValue[] {
  return [...kept.earlier, kept].flatMap(itemsOf)
}

function itemsOf({ input, response }: Turn): JsonValue[] {
  return [...itemsOfInput(input), ...memberItems(readObject(response).root, 'output')]
}

function itemsOfInput(input: string): readonly JsonValue[] {
  return memberItems(readObject(`{"input":${input}}`).root, 'input')
}

/**
 * The request with all that was said before in front of its own input, as a caller would send it that keeps its
 * conversations itself.
 */
export function continued(json: JsonText, earlier: readonly JsonValue[]): Buffer {
  return new JsonEdit(json)
    .setMember('input', `[${[...earlier.map(withoutId), ...inputItems(json.root)].join(',')}]`)
    .setMember('previous_response_id', 'null')
    .bytes()
}

/** The ids of items that a request only refers to, by the kept answer each came with. */
export function referencesIn({ root }: JsonText): ReadonlyMap<string, readonly string[]> {
  const references = new Map<string, string[]>()
  for (const item of memberItems(root, 'input')) {
    const id = itemType(item) === REFERENCE ? memberText(item, 'id') : ''
    const response = responseOf(id)
    if (response !== null) references.set(response, [...(references.get(response) ?? []), id])
  }
  return references
}

/** What one turn said, item by item, as a request may say it again. */
export function itemsById(turn: Turn): ReadonlyMap<string, string> {
  return new Map(itemsOf(turn).map((item) => [memberText(item, 'id'), withoutId(item)]))
}

/** The request with items in place of the references to them; one whose item is not given stays. */
export function dereferenced(json: JsonText, items: ReadonlyMap<string, string>): Buffer {
  const said = memberItems(json.root, 'input').map((item) => {
    const referred = itemType(item) === REFERENCE ? items.get(memberText(item, 'id')) : undefined
    return referred ?? item.raw.toString()
  })
  return new JsonEdit(json).setMember('input', `[${said.join(',')}]`).bytes()
}

/** Items that say all they mean: their ids would be looked for where nothing is stored. */
const SELF_CONTAINED: ReadonlySet<string> = new Set(['message', 'reasoning', 'function_call', 'function_call_output'])
const IDS: ReadonlySet<string> = new Set(['id', 'status'])

function withoutId(item: JsonValue): string {
  const json = item.raw.toString()
  return SELF_CONTAINED.has(itemType(item))
    ? new JsonEdit(readObject(json)).removeMembers(IDS).bytes().toString()
    : json
}

function readObject(json: string): JsonText {
  return readJson(Buffer.from(json), PROVIDER_JSON)
}
