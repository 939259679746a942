import {
  describe,
  needKeyAllowed,
  needKind,
  needMember,
  needName,
  needText,
  needTextUpTo,
  needWholeNumber,
  refuse,
  refuseAbsent,
} from '../check.ts'
import { checkMaxTokens, checkModel, checkStop, kindOf, numberFrom, orNull, type FieldCheck } from '../field-checks.ts'
import { memberPresent, memberText } from '../json-read.ts'
import type { JsonValue } from '../json-text.ts'
import type { RequestLimits } from '../limits.ts'
import { passedFields } from '../request-fields.ts'
import { checkSchema } from '../schema-check.ts'
import { checkContent, type Conversation } from './content.ts'

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
  stop_sequences: orNull(checkStop),
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

function checkMessages(messages: JsonValue, limits: RequestLimits): void {
  needKind(messages, 'array')
  const conversation: Conversation = { limits, callIds: new Set() }
  const list = messages.elements()
  if (list.length === 0) {
    throw refuse(
      'messages_empty',
      messages,
      'must hold at least one message, such as {"role":"user","content":"Hello"}.',
    )
  }
  for (const message of list) {
    needKind(message, 'object')
    checkRole(message)
    checkContent(needMember(message, 'content', 'Give the text of the message, or a list of blocks.'), conversation)
  }
}

function checkRole(message: JsonValue): void {
  const role = message.member('role')
  if (role === undefined) throw refuseAbsent('message_role', message, { name: 'role', advice: ROLES })
  if (role.kind === 'string' && ['user', 'assistant'].includes(role.text())) return
  throw refuse('message_role', role, `cannot be ${describe(role)}. ${ROLES}`)
}

function checkSystem(system: JsonValue, limits: RequestLimits): void {
  checkContent(system, { limits, callIds: new Set() })
}

function checkTools(tools: JsonValue, { toolsMax }: RequestLimits): void {
  needKind(tools, 'array')
  const list = tools.elements()
  if (list.length > toolsMax)
    throw refuse('tools_invalid', tools, `may have ${toolsMax} entries; this one has ${list.length}.`)
  const names = new Set<string>()
  for (const tool of list) {
    needKind(tool, 'object')
    const nameField = needMember(tool, 'name', 'Give the tool a name.')
    const name = needName(nameField, 'tools_invalid')
    if (names.has(name)) throw refuse('tools_invalid', nameField, `is "${name}", and so is that of an earlier one.`)
    names.add(name)
  }
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
