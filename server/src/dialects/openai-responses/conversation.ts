import { JsonEdit } from '../json-edit.ts'
import { memberItems, memberPresent, memberText } from '../json-read.ts'
import { PROVIDER_JSON, readJson, type JsonText, type JsonValue } from '../json-text.ts'
import { itemType } from './items.ts'
import type { StoredResponse } from './stored.ts'

/** A conversation that is kept: what was said, item by item, each as JSON. */

/** The items of a request's own input, each with an id: a text is a message of the user. */
export function ownItems({ root }: JsonText, requestId: string): string[] {
  const input = memberPresent(root, 'input')
  const id = (index: number): string => `in_${requestId.replaceAll('-', '')}_${index}`
  if (input?.kind === 'string') {
    const content = `[{"type":"input_text","text":${input.raw.toString()}}]`
    return [`{"id":"${id(0)}","type":"message","status":"completed","role":"user","content":${content}}`]
  }
  return memberItems(root, 'input').map((item, index) => named(item, id(index)))
}

function named(item: JsonValue, id: string): string {
  const json = readJson(item.raw, PROVIDER_JSON)
  const edit = new JsonEdit(json)
  if (memberText(json.root, 'id') === '') edit.setMember('id', JSON.stringify(id))
  if (json.root.member('type') === undefined) edit.setMember('type', '"message"')
  return edit.bytes().toString()
}

/** All that was said up to the end of a kept answer. */
export function itemsAfter({ input, response }: Pick<StoredResponse, 'input' | 'response'>): string[] {
  const output = memberItems(readJson(Buffer.from(response), PROVIDER_JSON).root, 'output')
  return [...itemsOf(input), ...output].map((item) => item.raw.toString())
}

/** The items of a list that is JSON. */
export function itemsOf(list: string): readonly JsonValue[] {
  return readJson(Buffer.from(list), PROVIDER_JSON).root.elements()
}

/**
 * The request with all that was said before in front of its own input, as a caller would send it that keeps its
 * conversations itself.
 */
export function continued(json: JsonText, earlier: readonly string[]): Buffer {
  const input = memberPresent(json.root, 'input')
  const own =
    input?.kind === 'string'
      ? [`{"type":"message","role":"user","content":${input.raw.toString()}}`]
      : memberItems(json.root, 'input').map((item) => item.raw.toString())
  return new JsonEdit(json)
    .setMember('input', `[${[...earlier.map(withoutId), ...own].join(',')}]`)
    .setMember('previous_response_id', 'null')
    .bytes()
}

/** Items that say all they mean: their ids would be looked for where nothing is stored. */
const SELF_CONTAINED: ReadonlySet<string> = new Set(['message', 'reasoning', 'function_call', 'function_call_output'])
const IDS: ReadonlySet<string> = new Set(['id', 'status'])

function withoutId(item: string): string {
  const json = readJson(Buffer.from(item), PROVIDER_JSON)
  return SELF_CONTAINED.has(itemType(json.root)) ? new JsonEdit(json).removeMembers(IDS).bytes().toString() : item
}
