import type { JsonValue } from '../json-text.ts'
import { describe, needKind, needMember, needText, needTextUpTo, refuse, refuseAbsent } from '../check.ts'
import { needMessages } from '../field-checks.ts'
import { checkContent } from './content.ts'

/** The messages of a request: who may say what, and which tool call an answer belongs to. */

/** Ids of the tool calls made so far, while the messages are gone through in order. */
type CallIds = Set<string>

type MessageCheck = (message: JsonValue, callIds: CallIds) => void

const NAME_LENGTH_MAX = 256
const CONTENT_ADVICE = 'Give the text of the message, or a list of parts.'

const ROLES: ReadonlyMap<string, MessageCheck> = new Map<string, MessageCheck>([
  ['system', checkSaid],
  ['developer', checkSaid],
  ['user', checkSaid],
  ['assistant', checkAnswered],
  ['tool', checkToolResult],
  ['function', checkFunctionResult],
])
const ROLE_ADVICE = `Roles are ${[...ROLES.keys()].join(', ')}.`

export function checkMessages(messages: JsonValue): void {
  const callIds: CallIds = new Set()
  for (const message of needMessages(messages)) checkMessage(message, callIds)
}

function checkMessage(message: JsonValue, callIds: CallIds): void {
  needKind(message, 'object')
  const role = message.member('role')
  if (role === undefined) throw refuseAbsent('message_role', message, { name: 'role', advice: ROLE_ADVICE })
  const check = role.kind === 'string' ? ROLES.get(role.text()) : undefined
  if (check === undefined) throw refuse('message_role', role, `cannot be ${describe(role)}. ${ROLE_ADVICE}`)
  const name = message.member('name')
  if (name && name.kind !== 'null') needTextUpTo(name, NAME_LENGTH_MAX)
  check(message, callIds)
}

function checkSaid(message: JsonValue): void {
  checkContent(needMember(message, 'content', CONTENT_ADVICE))
}

/** An answer may be nothing but calls, a refusal or a recording; only one without anything is a mistake. */
const ANSWERS_WITHOUT_CONTENT = [
  'tool_calls',
  'function_call',
  'refusal',
  'audio',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
]

function checkAnswered(message: JsonValue, callIds: CallIds): void {
  const content = message.member('content')
  if (content !== undefined && content.kind !== 'null') checkContent(content)
  else if (!ANSWERS_WITHOUT_CONTENT.some((name) => (message.member(name)?.kind ?? 'null') !== 'null')) {
    throw refuseAbsent('field_missing', message, {
      name: 'content',
      advice: `${CONTENT_ADVICE} Only a message with tool_calls needs none.`,
    })
  }
  const calls = message.member('tool_calls')
  if (calls && calls.kind !== 'null') checkToolCalls(calls, callIds)
}

function checkToolCalls(calls: JsonValue, callIds: CallIds): void {
  needKind(calls, 'array')
  for (const call of calls.elements()) {
    needKind(call, 'object')
    callIds.add(needText(needMember(call, 'id', 'Send tool calls back as the model made them.')))
    const called = call.member('function')
    if (called === undefined) continue
    needKind(called, 'object')
    needText(needMember(called, 'name', 'Send tool calls back as the model made them.'))
    const given = called.member('arguments')
    if (given) needKind(given, 'string', 'a string with JSON in it')
  }
}

function checkToolResult(message: JsonValue, callIds: CallIds): void {
  const id = needMember(message, 'tool_call_id', 'Name the call this message is the result of.')
  if (!callIds.has(needText(id))) {
    throw refuse(
      'id_invalid',
      id,
      `is ${describe(id)}, which no earlier message of the assistant has in its tool_calls. Send that message before this one.`,
    )
  }
  checkContent(needMember(message, 'content', 'Give the result of the call.'))
}

function checkFunctionResult(message: JsonValue): void {
  needText(needMember(message, 'name', 'Name the function this message is the result of.'))
  const content = needMember(message, 'content', 'Give the result of the function, or null.')
  if (content.kind !== 'null') checkContent(content)
}
