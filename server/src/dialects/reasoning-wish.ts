import { memberBoolean, memberNumber, memberPresent, memberText } from './json-read.ts'
import type { JsonValue } from './json-text.ts'
import type { ReasoningWish } from './neutral.ts'
import { readEffort } from './reasoning-switch.ts'

/** Reads how much a caller wants a model to think, in all the spellings that servers of the openai-like dialects made up. */

/** The fields that are read here. */
export const REASONING_FIELDS = [
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
  'chat_template_kwargs',
  'include_reasoning',
]

/** "Off" in any spelling wins; null where nothing is said. */
export function readReasoningWish(root: JsonValue): ReasoningWish | null {
  const reasoning = memberPresent(root, 'reasoning')
  const thinking = memberPresent(root, 'thinking')
  const template = memberPresent(root, 'chat_template_kwargs')
  const efforts = [memberText(root, 'reasoning_effort'), memberText(reasoning, 'effort')].filter((text) => text !== '')
  const switches = [
    memberBoolean(reasoning, 'enabled'),
    memberBoolean(root, 'enable_thinking'),
    memberBoolean(template, 'enable_thinking'),
    memberBoolean(template, 'thinking'),
    thinkingSwitch(memberText(thinking, 'type')),
  ].filter((value) => value !== null)
  const budgetTokens =
    memberNumber(reasoning, 'max_tokens') ??
    memberNumber(thinking, 'budget_tokens') ??
    memberNumber(root, 'thinking_budget')

  if (efforts.includes('none') || switches.includes(false)) return { kind: 'off' }
  const effort = efforts.map(readEffort).find((each) => each !== null) ?? null
  const isSaid = effort !== null || budgetTokens !== null || switches.includes(true)
  return isSaid ? { kind: 'on', effort, budgetTokens } : null
}

function thinkingSwitch(type: string): boolean | null {
  if (type === '') return null
  return type !== 'disabled'
}
