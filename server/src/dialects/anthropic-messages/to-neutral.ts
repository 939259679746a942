import { refuse } from '../check.ts'
import { memberBoolean, memberItems, memberNumber, memberPresent, memberRaw, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import type {
  AnswerFormat,
  NeutralMessage,
  NeutralPart,
  NeutralRequest,
  NeutralTool,
  ReasoningWish,
  ToolChoice,
} from '../neutral.ts'
import { readCache } from '../cache-wish.ts'
import { readEffort } from '../reasoning-switch.ts'
import { readRest } from '../rest-fields.ts'
import { readSettings, type SettingNames } from '../settings.ts'
import { notOurs } from '../tool-kinds.ts'
import { readBlocks } from './blocks.ts'

/** A request of this dialect in neutral form. It has been checked before, so what is not there was not sent. */

export const MESSAGES_SETTINGS: SettingNames = { temperature: 'temperature', top_p: 'top_p', top_k: 'top_k' }

/** The fields that are said in neutral words; all others are the rest. */
const TRANSLATED: ReadonlySet<string> = new Set([
  ...'model messages system stream max_tokens stop_sequences metadata tools tool_choice thinking output_config'.split(
    ' ',
  ),
  ...Object.values(MESSAGES_SETTINGS),
])

export function toNeutral({ root }: JsonText): NeutralRequest {
  const choice = memberPresent(root, 'tool_choice')
  const isSerial = memberBoolean(choice, 'disable_parallel_tool_use')
  return {
    messages: readMessages(root),
    tools: memberItems(root, 'tools').map(readTool),
    toolChoice: choice === undefined ? null : readToolChoice(choice),
    parallelCalls: isSerial === null ? null : !isSerial,
    format: readFormat(memberPresent(memberPresent(root, 'output_config'), 'format')),
    reasoning: readReasoningWish(root),
    settings: readSettings(root, MESSAGES_SETTINGS),
    stops: memberItems(root, 'stop_sequences').map((stop) => stop.text()),
    maxTokens: memberNumber(root, 'max_tokens'),
    n: 1,
    user: memberText(root.member('metadata'), 'user_id') || null,
    stream: memberBoolean(root, 'stream') === true,
    includeUsage: true,
    rest: { dialect: 'anthropic-messages', members: readRest(root, TRANSLATED) },
  }
}

function readMessages(root: JsonValue): NeutralMessage[] {
  const system = readBlocks(root, 'system')
  const messages = memberItems(root, 'messages').map((message): NeutralMessage => {
    return {
      role: memberText(message, 'role') === 'assistant' ? 'assistant' : 'user',
      parts: readBlocks(message, 'content'),
    }
  })
  return system.length === 0 ? messages : [{ role: 'system', parts: system satisfies NeutralPart[] }, ...messages]
}

function readTool(tool: JsonValue): NeutralTool {
  if ((memberText(tool, 'type') || 'custom') !== 'custom') throw notOurs(tool)
  return {
    name: memberText(tool, 'name'),
    description: memberText(tool, 'description') || null,
    schema: memberRaw(tool, 'input_schema'),
    param: tool.pointerOf('input_schema'),
    strict: memberBoolean(tool, 'strict'),
    ...readCache(tool),
  }
}

const CHOICES: ReadonlyMap<string, 'auto' | 'none' | 'required'> = new Map(
  Object.entries<'auto' | 'none' | 'required'>({ auto: 'auto', none: 'none', any: 'required' }),
)

function readToolChoice(choice: JsonValue): ToolChoice {
  const type = memberText(choice, 'type')
  const kind = CHOICES.get(type)
  if (kind !== undefined) return { kind }
  if (type === 'tool') return { kind: 'named', name: memberText(choice, 'name') }
  throw refuse('value_unknown', choice, 'must be of type auto, any, tool or none.')
}

/** A schema has no name here, and other dialects want one. */
function readFormat(format: JsonValue | undefined): AnswerFormat {
  const schema = memberRaw(format, 'schema')
  if (format === undefined || schema === null) return { kind: 'text' }
  return { kind: 'schema', name: 'answer', description: null, schema, param: format.pointerOf('schema'), strict: true }
}

function readReasoningWish(root: JsonValue): ReasoningWish | null {
  const thinking = memberPresent(root, 'thinking')
  const type = memberText(thinking, 'type')
  if (type === 'disabled') return { kind: 'off' }
  const effort = readEffort(memberText(root.member('output_config'), 'effort'))
  if (type === '' && effort === null) return null
  return { kind: 'on', effort, budgetTokens: memberNumber(thinking, 'budget_tokens') }
}
