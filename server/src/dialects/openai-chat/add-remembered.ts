import type { DialectFacts } from '../facts.ts'
import type { JsonEdit } from '../json-edit.ts'
import { memberItems, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import { writeJson } from '../json-write.ts'
import type { ReasoningMemory } from '../reasoning-memory.ts'
import { callSignature, readReasoning } from './to-neutral-messages.ts'

/**
 * Adds to a caller's bytes what a provider of this dialect wants back with tool calls, and refuses a request without:
 * the reasoning that led to them, or their signatures. Callers need not know of either.
 */

type Wanted = { readonly facts: DialectFacts; readonly memory: ReasoningMemory }

export function addRemembered(json: JsonText, edit: JsonEdit, wanted: Wanted): void {
  const { reasoningBack, signatureKey } = wanted.facts
  if (reasoningBack === undefined && signatureKey === undefined) return
  for (const message of memberItems(json.root, 'messages')) {
    const calls = memberItems(message, 'tool_calls')
    if (reasoningBack !== undefined) addReasoning(message, edit, { name: reasoningBack, text: recall(calls, wanted) })
    if (signatureKey !== undefined) for (const call of calls) addSignature(call, edit, wanted)
  }
}

function recall(calls: readonly JsonValue[], { memory }: Wanted): string {
  const found = calls.map((call) => memory.recall(memberText(call, 'id'))?.reasoning ?? [])
  return (found.find((parts) => parts.length > 0) ?? []).map(({ text }) => text).join('')
}

function addReasoning(message: JsonValue, edit: JsonEdit, { name, text }: { name: string; text: string }): void {
  if (text !== '' && readReasoning(message).length === 0) edit.setIn(message, name, writeJson(text))
}

function addSignature(call: JsonValue, edit: JsonEdit, { facts, memory }: Wanted): void {
  const signature = memory.recall(memberText(call, 'id'))?.callSignature
  if (signature?.origin !== 'openai-chat' || callSignature(call) !== null) return
  edit.setIn(call, 'extra_content', writeJson({ [facts.signatureKey ?? '']: { thought_signature: signature.value } }))
}
