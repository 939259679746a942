import { formatField, formatInstructions } from '../answer-format.ts'
import type { Edited, Target, WrittenRequest } from '../dialect.ts'
import type { ReasoningSwitch } from '../facts.ts'
import type { JsonText } from '../json-text.ts'
import type { JsonMembers, JsonOut } from '../json-write.ts'
import type { AnswerFormat, NeutralRequest, NeutralTool, ToolChoice } from '../neutral.ts'
import { nest, writeReasoning } from '../reasoning-switch.ts'
import { writeSettings } from '../settings.ts'
import { editBody, restFor, writeBody } from '../written-body.ts'
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

export function editForProvider(json: JsonText, target: Target): Edited {
  const { edit, ignored } = editBody(json, target, RESPONSES_SETTINGS)
  return { body: edit.bytes(), ignored }
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
