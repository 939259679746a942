import { textOrNull, type JsonValue } from '../json-text.ts'

/**
 * What a whole answer and a chunk of a streamed one have in common: both are objects with choices, which hold a message
 * or a part of one. Providers spell some fields in their own ways; every spelling that was seen is read here.
 */

/** The usage: at the top, in a choice, or of the model behind a bot. Null where there is none yet. */
export function completionUsage(root: JsonValue): JsonValue | null {
  const usage = root.member('usage') ?? root.member('bot_usage')?.member('model_usage')?.elements()[0]
  if (usage !== undefined && usage.kind !== 'null') return usage
  const inChoices = choicesOf(root).map((choice) => choice.member('usage'))
  return inChoices.find((each) => each?.kind === 'object') ?? null
}

export function completionModel(root: JsonValue): string | null {
  return textOrNull(root.member('model'))
}

export function completionId(root: JsonValue): string | null {
  return textOrNull(root.member('id'))
}

/** Why choices ended, for those that have. */
export function finishReasons(root: JsonValue): string[] {
  return choicesOf(root)
    .map((choice) => textOrNull(choice.member('finish_reason')))
    .filter((reason) => reason !== null)
}

/** All that the model wrote in these choices, for counting: text, reasoning, refusals, and calls of tools. */
export function completionText(root: JsonValue): string {
  let text = ''
  for (const choice of choicesOf(root)) text += messageText(choice.member('delta') ?? choice.member('message'))
  return text
}

export function hasChoices(root: JsonValue): boolean {
  return choicesOf(root).length > 0
}

export function choicesOf(root: JsonValue): readonly JsonValue[] {
  return root.member('choices')?.elements() ?? []
}

function messageText(message: JsonValue | undefined): string {
  if (message === undefined) return ''
  // A server that knows both names of the reasoning sends the same text twice.
  let text = said(message, 'reasoning_content') || said(message, 'reasoning')
  text += contentText(message) + said(message, 'refusal') + callText(message.member('function_call'))
  for (const call of message.member('tool_calls')?.elements() ?? []) text += callText(call.member('function'))
  return text
}

/** Content is text, or a list of parts with text in them. */
function contentText(message: JsonValue): string {
  let text = said(message, 'content')
  for (const part of message.member('content')?.elements() ?? []) text += said(part, 'text')
  return text
}

function callText(called: JsonValue | undefined): string {
  return called === undefined ? '' : said(called, 'name') + said(called, 'arguments')
}

function said(object: JsonValue, name: string): string {
  return textOrNull(object.member(name)) ?? ''
}
