import { formatField, formatInstructions } from '../answer-format.ts'
import type { Edited, Target, WrittenRequest } from '../dialect.ts'
import type { ReasoningSwitch } from '../facts.ts'
import { memberBoolean, memberItems, memberPresent, memberText } from '../json-read.ts'
import { textOrNull, type JsonText, type JsonValue } from '../json-text.ts'
import type { JsonMembers, JsonOut } from '../json-write.ts'
import type { AnswerFormat, NeutralRequest, NeutralTool, ToolChoice } from '../neutral.ts'
import { nest, writeReasoning } from '../reasoning-switch.ts'
import { writeSettings } from '../settings.ts'
import { editBody, restFor, writeBody } from '../written-body.ts'
import { readEncrypted } from './encrypted.ts'
import { RESPONSES_SETTINGS } from './to-neutral.ts'
import { writeItems } from './write-items.ts'

/** A request for a provider of this dialect. Nothing is stored there: the whole conversation is sent each time. */

const REASONING: ReasoningSwitch = {
  effort: { path: 'reasoning.effort', levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
  always: { path: 'reasoning.summary', value: 'auto' },
}

export function writeRequest(request: NeutralRequest, target: Target): WrittenRequest {
  const { model, facts } = target
  const format = formatField(request.format, facts)
  const settings = writeSettings(request.settings, RESPONSES_SETTINGS, facts)
  const reasoning = writeReasoning(request.reasoning, facts.reasoningSwitch ?? REASONING)
  const rest = restFor(request, 'openai-responses')
  const told = formatInstructions(request.format, format)
  const members: Record<string, JsonOut> = {
    model,
    input: writeItems([{ role: 'system', parts: told }, ...request.messages], facts),
    stream: request.stream ? true : undefined,
    store: false,
    // What reasoning is encrypted into is given on request only, and refused by models that do not reason.
    include: request.reasoning?.kind === 'on' ? ['reasoning.encrypted_content'] : undefined,
    max_output_tokens: request.maxTokens ?? undefined,
    ...settings.members,
    user: request.user ?? undefined,
    ...toolMembers(request),
    text: format.kind === 'text' ? undefined : { format: writeFormat(format) },
    ...nest(reasoning.members),
    ...rest.members,
  }
  const ignored = [
    ...settings.ignored,
    ...rest.ignored,
    ...(request.stops.length > 0 ? ['stop'] : []),
    ...(reasoning.isSaid ? [] : ['reasoning']),
  ]
  return { ...writeBody(members, target, ignored), answerTool: null }
}

/** Conversations are kept here or nowhere, so that every provider can go on with them. */
export function editForProvider(json: JsonText, target: Target): Edited {
  const { root } = json
  const { edit, ignored } = editBody(json, target, RESPONSES_SETTINGS)
  const isTaken = (name: string): boolean => target.facts.unsupported?.includes(name) !== true
  if (isTaken('store') && memberBoolean(root, 'store') !== false) edit.setMember('store', 'false')
  if (isTaken('include') && lacksEncrypted(root)) edit.setMember('include', withEncrypted(root))
  const items = memberItems(root, 'input')
  const kept = items.filter(canBeTakenBack)
  if (kept.length < items.length) edit.setMember('input', `[${kept.map(({ raw }) => raw.toString()).join(',')}]`)
  return { body: edit.bytes(), ignored }
}

const ENCRYPTED = 'reasoning.encrypted_content'

/** Of a conversation that is kept here, the reasoning has to come along; who does not keep it can ask for it. */
function lacksEncrypted(root: JsonValue): boolean {
  const thinks =
    memberPresent(root, 'reasoning')
      ?.members()
      .some(({ value }) => value.kind !== 'null') === true
  const isAsked = memberItems(root, 'include').some((each) => textOrNull(each) === ENCRYPTED)
  return thinks && !isAsked && memberBoolean(root, 'store') !== false
}

function withEncrypted(root: JsonValue): string {
  const asked = memberItems(root, 'include').map(({ raw }) => raw.toString())
  return `[${[...asked, JSON.stringify(ENCRYPTED)].join(',')}]`
}

/**
 * Reasoning is taken back with what it was encrypted into by a provider of this dialect, with its whole text, or by the id
 * of where it was stored. Of what another dialect signed, or only a summary is left of, no provider makes anything.
 */
function canBeTakenBack(item: JsonValue): boolean {
  if (memberText(item, 'type') !== 'reasoning') return true
  const encrypted = memberText(item, 'encrypted_content')
  if (encrypted !== '') return readEncrypted(encrypted, true).signature?.origin === 'openai-responses'
  return memberItems(item, 'content').length > 0 || memberText(item, 'id') !== ''
}

function toolMembers({ tools, toolChoice, parallelCalls }: NeutralRequest): JsonMembers {
  if (tools.length === 0) return {}
  return {
    tools: tools.map(writeTool),
    tool_choice: toolChoice === null ? undefined : writeChoice(toolChoice),
    parallel_tool_calls: parallelCalls ?? undefined,
  }
}

/** Here a schema is strict unless it says otherwise, and one that was not made for it is refused. */
function writeTool({ name, description, schema, strict }: NeutralTool): JsonMembers {
  return {
    type: 'function',
    name,
    description: description ?? undefined,
    parameters: schema ?? { type: 'object', properties: {} },
    strict: strict ?? false,
  }
}

function writeChoice(choice: ToolChoice): JsonOut {
  return choice.kind === 'named' ? { type: 'function', name: choice.name } : choice.kind
}

function writeFormat(format: AnswerFormat): JsonMembers {
  if (format.kind !== 'schema') return { type: 'json_object' }
  const { name, description, schema, strict } = format
  return { type: 'json_schema', name, description: description ?? undefined, schema, strict: strict ?? undefined }
}
