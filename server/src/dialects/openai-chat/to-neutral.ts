import { memberBoolean, memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import type { AnswerFormat, NeutralRequest, NeutralTool } from '../neutral.ts'
import { readCache } from '../cache-wish.ts'
import { readReasoningWish, REASONING_FIELDS } from '../reasoning-wish.ts'
import { readRest } from '../rest-fields.ts'
import { readSettings, type SettingNames } from '../settings.ts'
import { notOurs, readFunction, readSchemaFormat, readToolChoice } from '../tool-kinds.ts'
import { toNeutralMessages } from './to-neutral-messages.ts'

/** A request of this dialect in neutral form. It has been checked before, so what is not there was not sent. */

/** The neutral names are those of this dialect. */
export const CHAT_SETTINGS: SettingNames = {
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  seed: 'seed',
  logprobs: 'logprobs',
  top_logprobs: 'top_logprobs',
  service_tier: 'service_tier',
}

/** The fields that are said in neutral words; all others are the rest. */
const TRANSLATED: ReadonlySet<string> = new Set([
  ...'model messages stream stream_options max_tokens max_completion_tokens n stop user'.split(' '),
  ...'tools tool_choice functions function_call parallel_tool_calls response_format'.split(' '),
  ...REASONING_FIELDS,
  ...Object.values(CHAT_SETTINGS),
])

export function toNeutral({ root }: JsonText): NeutralRequest {
  return {
    messages: toNeutralMessages(root),
    tools: readTools(root),
    toolChoice: readToolChoice(memberPresent(root, 'tool_choice') ?? memberPresent(root, 'function_call')),
    parallelCalls: memberBoolean(root, 'parallel_tool_calls'),
    format: readFormat(memberPresent(root, 'response_format')),
    reasoning: readReasoningWish(root),
    settings: readSettings(root, CHAT_SETTINGS),
    stops: readStops(memberPresent(root, 'stop')),
    maxTokens: memberNumber(root, 'max_completion_tokens') ?? memberNumber(root, 'max_tokens'),
    n: memberNumber(root, 'n') ?? 1,
    user: memberText(root, 'user') || null,
    stream: memberBoolean(root, 'stream') === true,
    includeUsage: memberBoolean(root.member('stream_options'), 'include_usage') === true,
    rest: { dialect: 'openai-chat', members: readRest(root, TRANSLATED) },
  }
}

function readTools(root: JsonValue): NeutralTool[] {
  const tools = memberItems(root, 'tools').map((tool) => {
    const described = memberPresent(tool, 'function')
    if (described === undefined || memberText(tool, 'type') !== 'function') throw notOurs(tool)
    return { ...readFunction(described), ...readCache(tool) }
  })
  return [...tools, ...memberItems(root, 'functions').map(readFunction)]
}

function readFormat(format: JsonValue | undefined): AnswerFormat {
  const type = memberText(format, 'type')
  if (type === 'json_object') return { kind: 'json' }
  const described = type === 'json_schema' ? memberPresent(format, 'json_schema') : undefined
  return described === undefined ? { kind: 'text' } : readSchemaFormat(described)
}

function readStops(stop: JsonValue | undefined): string[] {
  if (stop === undefined) return []
  return (stop.kind === 'array' ? stop.elements() : [stop]).map((each) => each.text())
}
