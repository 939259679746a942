import { JsonEdit } from '../json-edit.ts'
import { memberItems, memberPresent, memberText } from '../json-read.ts'
import { PROVIDER_JSON, readJson, type JsonText, type JsonValue } from '../json-text.ts'
import { itemType } from './items.ts'
import type { StoredResponse } from './stored.ts'

/** A conversation that is kept: what was said, item by item, each as JSON. */

/** A conversation as one JSON list: what was said before, and a request's own input. Every item has an id of its own. */
export function listOf(earlier: readonly string[], json: JsonText, requestId: string): string {
  const ids = new Set<string>()
  const items = [...earlier, ...ownItems(json)].map((item, index) => {
    const { root } = readJson(Buffer.from(item), PROVIDER_JSON)
    const id = memberText(root, 'id')
    // What came from callers may have none, and some providers number every answer alike.
    const isGood = id !== '' && !ids.has(id)
    ids.add(id)
    return isGood ? item : named(item, `in_${requestId.replaceAll('-', '')}_${index}`)
  })
  return `[${items.join(',')}]`
}

/** A text is a message of the user. */
function ownItems({ root }: JsonText): string[] {
  const input = memberPresent(root, 'input')
  if (input?.kind !== 'string') return memberItems(root, 'input').map(({ raw }) => raw.toString())
  const content = `[{"type":"input_text","text":${input.raw.toString()}}]`
  return [`{"type":"message","role":"user","content":${content}}`]
}

function named(item: string, id: string): string {
  const json = readJson(Buffer.from(item), PROVIDER_JSON)
  const edit = new JsonEdit(json).setMember('id', JSON.stringify(id))
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
  return memberItems(readJson(Buffer.from(`{"items":${list}}`), PROVIDER_JSON).root, 'items')
}

/**
 * The request with all that was said before in front of its own input, as a caller would send it that keeps its
 * conversations itself.
 */
export function continued(json: JsonText, earlier: readonly string[]): Buffer {
  return new JsonEdit(json)
    .setMember('input', `[${[...earlier.map(withoutId), ...ownItems(json)].join(',')}]`)
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
