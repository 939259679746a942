import { memberBoolean, memberItems, memberNumber, memberPresent, memberText } from '../json-read.ts'
import type { JsonText, JsonValue } from '../json-text.ts'
import type { AnswerFormat, NeutralRequest, NeutralTool } from '../neutral.ts'
import { takingTurns } from '../message-parts.ts'
import { readReasoningWish } from '../reasoning-wish.ts'
import { readRest } from '../rest-fields.ts'
import { readSettings, type SettingNames } from '../settings.ts'
import { notOurs, readFunction, readSchemaFormat, readToolChoice } from '../tool-kinds.ts'
import { readItems } from './to-neutral-items.ts'

/** A request of this dialect in neutral form. It has been checked before, so what is not there was not sent. */

export const RESPONSES_SETTINGS: SettingNames = {
  temperature: 'temperature',
  top_p: 'top_p',
  service_tier: 'service_tier',
}

/**
 * The fields that are said in neutral words; all others are the rest. Those of stored answers are our own business, and
 * `metadata`, `include` and `truncation` say nothing that another dialect could not be without.
 */
const TRANSLATED: ReadonlySet<string> = new Set([
  ...'model input instructions stream stream_options max_output_tokens user tools tool_choice'.split(' '),
  ...'parallel_tool_calls text reasoning store previous_response_id background metadata include truncation'.split(' '),
  ...Object.values(RESPONSES_SETTINGS),
])

export function toNeutral({ root }: JsonText): NeutralRequest {
  return {
    messages: takingTurns(readItems(root)),
    tools: memberItems(root, 'tools').map(readTool),
    toolChoice: readToolChoice(memberPresent(root, 'tool_choice')),
    parallelCalls: memberBoolean(root, 'parallel_tool_calls'),
    format: readFormat(memberPresent(memberPresent(root, 'text'), 'format')),
    reasoning: readReasoningWish(root),
    settings: readSettings(root, RESPONSES_SETTINGS),
    stops: [],
    maxTokens: memberNumber(root, 'max_output_tokens'),
    n: 1,
    user: memberText(root, 'user') || null,
    stream: memberBoolean(root, 'stream') === true,
    includeUsage: true,
    rest: { dialect: 'openai-responses', members: readRest(root, TRANSLATED) },
  }
}

function readTool(tool: JsonValue): NeutralTool {
  if (memberText(tool, 'type') !== 'function') throw notOurs(tool)
  return readFunction(tool)
}

function readFormat(format: JsonValue | undefined): AnswerFormat {
  const type = memberText(format, 'type')
  if (type === 'json_object') return { kind: 'json' }
  return format !== undefined && type === 'json_schema' ? readSchemaFormat(format) : { kind: 'text' }
}
