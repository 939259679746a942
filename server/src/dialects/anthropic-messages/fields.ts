import { needKind, needMember, needName, needText, needWholeNumber, refuse, refuseAbsent, describe } from '../check.ts'
import {
  checkMaxTokens,
  checkModel,
  checkStopSequences,
  kindOf,
  numberFrom,
  orNull,
  type FieldCheck,
} from '../field-checks.ts'
import type { JsonValue } from '../json-text.ts'
import type { RequestLimits } from '../limits.ts'
import { passedFields } from '../request-fields.ts'
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
  metadata: orNull(kindOf('object')),
  output_config: orNull(kindOf('object')),
  service_tier: orNull(kindOf('string')),
}

const PASSED = 'container context_management mcp_servers output_format cache_control inference_geo speed'

export const FIELD_CHECKS: ReadonlyMap<string, FieldCheck> = new Map([
  ...Object.entries(DEFINED),
  ...passedFields(PASSED),
])

function checkMessages(messages: JsonValue): void {
  needKind(messages, 'array')
  const callIds: CallIds = new Set()
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

function checkThinking(thinking: JsonValue): void {
  needKind(thinking, 'object')
  needText(needMember(thinking, 'type', 'It is enabled, disabled or adaptive.'))
  const budget = thinking.member('budget_tokens')
  if (budget) needWholeNumber(budget, { min: 1, max: Infinity })
}
