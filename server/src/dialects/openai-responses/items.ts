import type { PaddockError } from '../../base/errors.ts'
import { describe, needKind, needMember, needText, refuse, refuseAbsent } from '../check.ts'
import { checkFileName, MESSAGE_EXAMPLE } from '../field-checks.ts'
import { memberItems, memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'

/**
 * The items of a conversation: messages, calls, results. Items of types that are not known here are the provider's to read;
 * addresses and data are checked in all of them, elsewhere.
 */

type ItemCheck = (item: JsonValue) => void

const ROLES = ['user', 'assistant', 'system', 'developer']
const ROLE_ADVICE = `Roles are ${ROLES.join(', ')}.`

const ITEMS: ReadonlyMap<string, ItemCheck> = new Map<string, ItemCheck>([
  ['message', checkMessage],
  ['function_call', checkCall],
  ['function_call_output', checkOutput],
])

export function checkInput(input: JsonValue): void {
  needKind(input, ['string', 'array'], 'a text or a list of items')
  if (input.kind === 'array' && input.elements().length === 0)
    throw refuse('messages_empty', input, `must hold at least one item, such as ${MESSAGE_EXAMPLE}.`)
  for (const item of input.elements()) {
    needKind(item, 'object')
    ITEMS.get(itemType(item))?.(item)
  }
}

/** Fields that name earlier items, of which we know nothing; an item may do so, too. */
const ELSEWHERE = ['previous_response_id', 'conversation', 'prompt']

/** Refuses the result of a call that was never made, where the whole conversation is in the request. */
export function needKnownCalls(root: JsonValue): void {
  const callIds = new Set<string>()
  if (ELSEWHERE.some((name) => memberPresent(root, name))) return
  for (const item of memberItems(root, 'input')) {
    const type = itemType(item)
    if (type === REFERENCE) return
    if (type === 'function_call') callIds.add(memberText(item, 'call_id'))
    const id = type === 'function_call_output' ? item.member('call_id') : undefined
    if (id === undefined || callIds.has(id.text())) continue
    throw refuse(
      'id_invalid',
      id,
      `is ${describe(id)}, which no earlier item of type function_call has. Send that item before this one.`,
    )
  }
}

/** The type of an item that only names another by its id. */
export const REFERENCE = 'item_reference'

/** Refuses a reference: what is kept here is kept nowhere else. */
export function needNoReferences(root: JsonValue): void {
  const reference = memberItems(root, 'input').find((item) => itemType(item) === REFERENCE)
  if (reference) throw unknownReference(reference)
}

export function unknownReference(item: JsonValue): PaddockError {
  return refuse(
    'content_type_unknown',
    item.member('type') ?? item,
    'refers to an item by an id that is not known here. Send the item itself: SDKs do when they are told "store": false.',
  )
}

/** A message needs no type. */
export function itemType(item: JsonValue): string {
  return memberText(item, 'type') || 'message'
}

function checkMessage(message: JsonValue): void {
  const role = message.member('role')
  if (role === undefined) throw refuseAbsent('message_role', message, { name: 'role', advice: ROLE_ADVICE })
  if (role.kind !== 'string' || !ROLES.includes(role.text()))
    throw refuse('message_role', role, `cannot be ${describe(role)}. ${ROLE_ADVICE}`)
  checkContent(needMember(message, 'content', 'Give the text of the message, or a list of parts.'))
}

function checkCall(call: JsonValue): void {
  for (const name of ['call_id', 'name']) needText(needMember(call, name, 'Send calls back as the model made them.'))
  needKind(needMember(call, 'arguments', 'Send calls back as the model made them.'), 'string', 'a text with JSON in it')
}

function checkOutput(output: JsonValue): void {
  needText(needMember(output, 'call_id', 'Name the call this is the result of.'))
  checkContent(needMember(output, 'output', 'Give the result of the call.'))
}

function checkContent(content: JsonValue): void {
  needKind(content, ['string', 'array'], 'a text or a list of parts')
  for (const part of content.elements()) {
    needKind(part, 'object')
    needText(needMember(part, 'type', 'Parts are input_text, input_image, input_file, output_text, refusal.'))
    checkPart(part)
  }
}

function checkPart(part: JsonValue): void {
  const fileName = memberPresent(part, 'filename')
  if (fileName) checkFileName(fileName)
  for (const name of ['text', 'image_url', 'file_url', 'file_data']) {
    const value = memberPresent(part, name)
    if (value) needKind(value, 'string')
  }
}
