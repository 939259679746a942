import { formatField, formatInstructions } from '../answer-format.ts'
import { writeCache } from '../cache-wish.ts'
import type { Edited, Target, WrittenRequest } from '../dialect.ts'
import type { ReasoningSwitch } from '../facts.ts'
import type { JsonText } from '../json-text.ts'
import type { JsonMembers, JsonOut } from '../json-write.ts'
import type { AnswerFormat, NeutralRequest, NeutralTool, ToolChoice } from '../neutral.ts'
import type { ReasoningMemory } from '../reasoning-memory.ts'
import { nest, writeReasoning } from '../reasoning-switch.ts'
import { writeSettings } from '../settings.ts'
import { editBody, restFor, writeBody } from '../written-body.ts'
import { CHAT_SETTINGS } from './to-neutral.ts'
import { addRemembered } from './add-remembered.ts'
import { writeMessages } from './write-messages.ts'

/** A request for a provider of this dialect. */

const REASONING: ReasoningSwitch = {
  effort: { path: 'reasoning_effort', levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
}

export function writeRequest(request: NeutralRequest, target: Target): WrittenRequest {
  const { model, facts } = target
  const format = formatField(request.format, facts)
  const settings = writeSettings(request.settings, CHAT_SETTINGS, facts)
  const reasoning = writeReasoning(request.reasoning, facts.reasoningSwitch ?? REASONING)
  const rest = restFor(request, 'openai-chat')
  const told = formatInstructions(request.format, format)
  const members: Record<string, JsonOut> = {
    model,
    messages: [
      ...told.map(({ text }) => ({ role: 'system', content: text })),
      ...writeMessages(request.messages, facts),
    ],
    stream: request.stream ? true : undefined,
    stream_options: request.stream && facts.usage.streamOption ? { include_usage: true } : undefined,
    [facts.outputTokensName ?? 'max_tokens']: request.maxTokens ?? undefined,
    n: request.n > 1 ? request.n : undefined,
    ...settings.members,
    stop: request.stops.length > 0 ? request.stops : undefined,
    user: request.user ?? undefined,
    ...toolMembers(request),
    response_format: writeFormat(format),
    ...nest(reasoning.members),
    ...rest.members,
  }
  const ignored = [...settings.ignored, ...rest.ignored, ...(reasoning.isSaid ? [] : ['reasoning'])]
  return { ...writeBody(members, target, ignored), answerTool: null }
}

/** The caller's own bytes. Without the usage of a stream there is no exact bill, so it is always asked for. */
export function editForProvider(json: JsonText, target: Target, memory: ReasoningMemory | null): Edited {
  const { edit, ignored } = editBody(json, target, CHAT_SETTINGS)
  if (memory !== null) addRemembered(json, edit, { facts: target.facts, memory })
  const { root } = json
  const isTaken = target.facts.usage.streamOption && target.facts.unsupported?.includes('stream_options') !== true
  const asks = root.member('stream_options')?.member('include_usage')?.isTrue() === true
  if (root.member('stream')?.isTrue() === true && !asks && isTaken) {
    edit.setInObject('stream_options', 'include_usage', 'true')
  }
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

function writeTool(tool: NeutralTool): JsonMembers {
  return {
    type: 'function',
    function: {
      name: tool.name,
      description: tool.description ?? undefined,
      parameters: tool.schema ?? undefined,
      strict: tool.strict ?? undefined,
    },
    cache_control: writeCache(tool),
  }
}

function writeChoice(choice: ToolChoice): JsonOut {
  return choice.kind === 'named' ? { type: 'function', function: { name: choice.name } } : choice.kind
}

function writeFormat(format: AnswerFormat): JsonOut {
  if (format.kind !== 'schema') return format.kind === 'json' ? { type: 'json_object' } : undefined
  const { name, description, schema, strict } = format
  return {
    type: 'json_schema',
    json_schema: { name, description: description ?? undefined, schema, strict: strict ?? undefined },
  }
}
