import { describe, needKind, needMember, needText, refuse } from '../check.ts'
import { MESSAGE_EXAMPLE } from '../field-checks.ts'
import { memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'

/**
 * The items of a conversation: messages, calls, results. Items of types that are not known here are the provider's to read;
 * addresses and data are checked in all of them, elsewhere.
 */

type ItemCheck = (item: JsonValue) => void

const ROLES = ['user', 'assistant', 'system', 'developer']

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

/** A message needs no type. */
export function itemType(item: JsonValue): string {
  return memberText(item, 'type') || 'message'
}

function checkMessage(message: JsonValue): void {
  const role = needMember(message, 'role', `Roles are ${ROLES.join(', ')}.`)
  if (role.kind !== 'string' || !ROLES.includes(role.text()))
    throw refuse('message_role', role, `cannot be ${describe(role)}. Roles are ${ROLES.join(', ')}.`)
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
  for (const name of ['text', 'image_url', 'file_url', 'file_data']) {
    const value = memberPresent(part, name)
    if (value) needKind(value, 'string')
  }
}
