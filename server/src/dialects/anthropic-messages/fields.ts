import {
  describe,
  needKeyAllowed,
  needKind,
  needMember,
  needText,
  needTextUpTo,
  needWholeNumber,
  refuse,
  refuseAbsent,
} from '../check.ts'
import {
  checkMaxTokens,
  checkModel,
  checkStopSequences,
  needMessages,
  kindOf,
  numberFrom,
  orNull,
  type FieldCheck,
} from '../field-checks.ts'
import { memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import type { RequestLimits } from '../limits.ts'
import { passedFields } from '../request-fields.ts'
import { checkSchema } from '../schema-check.ts'
import { checkTool, checkToolList } from '../tool-checks.ts'
import { checkContent, type CallIds } from './content.ts'

/** The fields this dialect defines, and what is checked of each. */

const ROLES = 'Roles are user and assistant; what a system says stands in the field "system".'

const DEFINED: Readonly<Record<string, FieldCheck>> = {
  model: checkModel,
  messages: checkMessages,
  system: orNull(checkSystem),
  max_tokens: checkMaxTokens,
  stream: orNull(kindOf('boolean')),
  temperature: orNull(numberFrom(0, 1)),
  top_p: orNull(numberFrom(0, 1)),
  top_k: orNull((value) => needWholeNumber(value, { min: 0, max: Infinity })),
  stop_sequences: orNull(checkStopSequences),
  tools: orNull(checkTools),
  tool_choice: orNull(kindOf('object')),
  thinking: orNull(checkThinking),
  metadata: orNull(checkMetadata),
  output_config: orNull(checkOutputConfig),
  output_format: orNull(checkFormat),
  service_tier: orNull(kindOf('string')),
}

const PASSED = 'container context_management mcp_servers cache_control inference_geo speed'

export const FIELD_CHECKS: ReadonlyMap<string, FieldCheck> = new Map([
  ...Object.entries(DEFINED),
  ...passedFields(PASSED),
])

function checkMessages(messages: JsonValue): void {
  const callIds: CallIds = new Set()
  for (const message of needMessages(messages)) {
    needKind(message, 'object')
    checkRole(message)
    checkContent(needMember(message, 'content', 'Give the text of the message, or a list of blocks.'), callIds)
  }
}

function checkRole(message: JsonValue): void {
  const role = message.member('role')
  if (role === undefined) throw refuseAbsent('message_role', message, { name: 'role', advice: ROLES })
  if (role.kind === 'string' && ['user', 'assistant'].includes(role.text())) return
  throw refuse('message_role', role, `cannot be ${describe(role)}. ${ROLES}`)
}

function checkSystem(system: JsonValue): void {
  checkContent(system, new Set())
}

/** Types other than a caller's own are tools that run at the provider, each with a shape of its own. */
function checkTools(tools: JsonValue, limits: RequestLimits): void {
  checkToolList(tools, limits, (tool, names) => {
    if ((memberText(tool, 'type') || 'custom') === 'custom') checkTool(tool, names, 'input_schema')
  })
}

/** Clients put more into it than a name: which device, which session. */
const USER_LENGTH_MAX = 512

function checkMetadata(metadata: JsonValue): void {
  needKind(metadata, 'object')
  for (const { key, value } of metadata.members()) {
    needKeyAllowed(key, value)
    if (key === 'user_id' && value.kind !== 'null') needTextUpTo(value, USER_LENGTH_MAX)
  }
}

function checkOutputConfig(config: JsonValue): void {
  needKind(config, 'object')
  const format = memberPresent(config, 'format')
  if (format) checkFormat(format)
}

function checkFormat(format: JsonValue): void {
  needKind(format, 'object')
  if (memberText(format, 'type') === 'json_schema') checkSchema(needMember(format, 'schema', 'Give the schema.'))
}

function checkThinking(thinking: JsonValue): void {
  needKind(thinking, 'object')
  needText(needMember(thinking, 'type', 'It is enabled, disabled or adaptive.'))
  const budget = thinking.member('budget_tokens')
  if (budget) needWholeNumber(budget, { min: 1, max: Infinity })
}
