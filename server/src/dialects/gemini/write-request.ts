import { formatInstructions } from '../answer-format.ts'
import type { Target, WrittenRequest } from '../dialect.ts'
import type { ReasoningSwitch } from '../facts.ts'
import type { JsonMembers, JsonOut } from '../json-write.ts'
import { apart } from '../message-parts.ts'
import type { AnswerFormat, NeutralRequest, NeutralTool, ToolChoice } from '../neutral.ts'
import { nest, writeReasoning } from '../reasoning-switch.ts'
import { writeSettings, type SettingNames } from '../settings.ts'
import { restFor, writeBody } from '../written-body.ts'
import { hasProperties, writeSchema } from './schema.ts'
import { writeContents, writePart } from './write-contents.ts'

/** A request for a provider of this dialect. The model and whether it streams stand in the path. */

const SETTINGS: SettingNames = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  seed: 'seed',
}

const STOPS_MAX = 5

const REASONING: ReasoningSwitch = {
  budget: { path: 'generationConfig.thinkingConfig.thinkingBudget', range: { min: 0, max: 24_576 } },
  always: { path: 'generationConfig.thinkingConfig.includeThoughts', value: true },
}

export function writeRequest(request: NeutralRequest, target: Target): WrittenRequest {
  const { facts } = target
  const settings = writeSettings(request.settings, SETTINGS, facts)
  const reasoning = writeReasoning(request.reasoning, facts.reasoningSwitch ?? REASONING)
  const rest = restFor(request, 'gemini')
  // Beside tools a form is refused by most models, so there it is asked for in words.
  const format: AnswerFormat = request.tools.length > 0 ? { kind: 'text' } : request.format
  const { system, turns } = apart(request, formatInstructions(request.format, format))
  const config: JsonMembers = {
    ...settings.members,
    maxOutputTokens: request.maxTokens ?? undefined,
    stopSequences: request.stops.length > 0 ? request.stops.slice(0, STOPS_MAX) : undefined,
    ...formatMembers(format),
  }
  const members: Record<string, JsonOut> = {
    systemInstruction: system.length === 0 ? undefined : { parts: system.flatMap((part) => writePart(part, facts)) },
    contents: writeContents(turns, facts),
    ...toolMembers(request),
    ...nest([...underConfig(config), ...reasoning.members]),
  }
  const ignored = [
    ...settings.ignored,
    ...rest.ignored,
    ...(request.user === null ? [] : ['user']),
    ...(request.stops.length > STOPS_MAX ? ['stop'] : []),
    ...(request.tools.some(({ strict }) => strict === true) ? ['strict'] : []),
    ...(request.parallelCalls === false ? ['parallel_tool_calls'] : []),
    ...(reasoning.isSaid ? [] : ['reasoning']),
  ]
  return { ...writeBody(members, target, ignored), answerTool: null }
}

function underConfig(config: JsonMembers): [path: string, value: JsonOut][] {
  const said = Object.entries(config).filter(([, value]) => value !== undefined)
  return said.map(([name, value]) => [`generationConfig.${name}`, value])
}

function formatMembers(format: AnswerFormat): JsonMembers {
  if (format.kind === 'text') return {}
  return {
    responseMimeType: 'application/json',
    responseSchema: format.kind === 'schema' ? writeSchema(format.schema, format.param) : undefined,
  }
}

function toolMembers({ tools, toolChoice }: NeutralRequest): JsonMembers {
  if (tools.length === 0) return {}
  return {
    tools: [{ functionDeclarations: tools.map(writeTool) }],
    toolConfig: toolChoice === null ? undefined : { functionCallingConfig: writeChoice(toolChoice) },
  }
}

function writeTool({ name, description, schema, param }: NeutralTool): JsonMembers {
  return {
    name,
    description: description ?? undefined,
    parameters: schema !== null && hasProperties(schema) ? writeSchema(schema, param) : undefined,
  }
}

const MODES = { auto: 'AUTO', none: 'NONE', required: 'ANY' } as const

function writeChoice(choice: ToolChoice): JsonMembers {
  return choice.kind === 'named' ? { mode: 'ANY', allowedFunctionNames: [choice.name] } : { mode: MODES[choice.kind] }
}
