import { memberPresent, memberText } from '../json-read.ts'
import { textOrNull, type JsonValue } from '../json-text.ts'

/**
 * What a whole answer and a chunk of a streamed one have in common: both are objects with choices, which hold a message
 * or a part of one. Providers spell some fields in their own ways; every spelling that was seen is read here.
 */

/** The usage: at the top, in a choice, or of the model behind a bot. Null where there is none yet. */
export function completionUsage(root: JsonValue): JsonValue | null {
  const usage = root.member('usage') ?? root.member('bot_usage')?.member('model_usage')?.elements()[0]
  if (usage !== undefined && usage.kind !== 'null') return usage
  for (const choice of choicesOf(root)) {
    const inside = choice.member('usage')
    if (inside?.kind === 'object') return inside
  }
  return null
}

export function completionModel(root: JsonValue): string | null {
  return textOrNull(root.member('model'))
}

export function completionId(root: JsonValue): string | null {
  return textOrNull(root.member('id'))
}

/** All that the model wrote in these choices, for counting: text, reasoning, refusals, and calls of tools. */
export function completionText(root: JsonValue): string {
  let text = ''
  for (const choice of choicesOf(root)) text += messageText(messageOf(choice))
  return text
}

export function hasChoices(root: JsonValue): boolean {
  return choicesOf(root).length > 0
}

export function choicesOf(root: JsonValue): readonly JsonValue[] {
  return root.member('choices')?.elements() ?? []
}

/** What a choice says, whole or in part. */
export function messageOf(choice: JsonValue | undefined): JsonValue | undefined {
  return choice?.member('delta') ?? choice?.member('message')
}

/** Content is text, or a list of parts with text in them. */
export function contentText(message: JsonValue): string {
  const content = message.member('content')
  if (content?.kind === 'string') return content.text()
  let text = ''
  for (const part of content?.elements() ?? []) text += memberText(part, 'text')
  return text
}

/** Some providers send a single call without the list around it, and the oldest spelling has but one. */
export function callsOf(message: JsonValue): readonly JsonValue[] {
  const called = memberPresent(message, 'function_call')
  if (called !== undefined) return [called]
  const calls = message.member('tool_calls')
  return calls?.kind === 'object' ? [calls] : (calls?.elements() ?? [])
}

/** What is called, and with what. */
export function calledIn(call: JsonValue): JsonValue {
  return call.member('function') ?? call
}

/** Arguments are a text that holds JSON; some providers send the JSON itself. */
export function argumentsText(called: JsonValue): string {
  const given = called.member('arguments')
  return given?.kind === 'object' ? given.raw.toString() : (textOrNull(given) ?? '')
}

function messageText(message: JsonValue | undefined): string {
  if (message === undefined) return ''
  let text = thoughtText(message) + contentText(message) + memberText(message, 'refusal')
  for (const call of callsOf(message)) text += callText(calledIn(call))
  return text
}

/** A server that knows both names of the reasoning sends the same text twice; some write it into the list beside it. */
function thoughtText(message: JsonValue): string {
  return memberText(message, 'reasoning_content') || memberText(message, 'reasoning') || detailsText(message)
}

function detailsText(message: JsonValue): string {
  let text = ''
  for (const detail of message.member('reasoning_details')?.elements() ?? [])
    text += memberText(detail, 'text') || memberText(detail, 'summary')
  return text
}

function callText(called: JsonValue): string {
  return memberText(called, 'name') + argumentsText(called)
}
