import { answerToolFor } from '../answer-tool.ts'
import { formatInstructions } from '../answer-format.ts'
import { writeCache } from '../cache-wish.ts'
import type { Edited, Target, WrittenRequest } from '../dialect.ts'
import type { DialectFacts, ReasoningSwitch } from '../facts.ts'
import type { JsonText } from '../json-text.ts'
import { RawJson, type JsonMembers, type JsonOut } from '../json-write.ts'
import { apart, textParts } from '../message-parts.ts'
import type { NeutralPart, NeutralRequest, NeutralTool, ToolChoice } from '../neutral.ts'
import { nest, writeReasoning, type WrittenReasoning } from '../reasoning-switch.ts'
import { writeSettings, type WrittenSettings } from '../settings.ts'
import { editBody, restFor, writeBody } from '../written-body.ts'
import { MESSAGES_SETTINGS } from './to-neutral.ts'
import { writeBlocks, writeTurns } from './write-messages.ts'

/** A request for a provider of this dialect. */

/** Asked for where the caller sets no limit: this dialect must be told one. */
const OUTPUT_TOKENS_USUAL = 8_192

const REASONING: ReasoningSwitch = {
  toggle: { path: 'thinking.type', on: 'enabled', off: 'disabled' },
  budget: { path: 'thinking.budget_tokens', range: { min: 1_024, max: 128_000 }, needed: true },
}

const RANGES: DialectFacts['ranges'] = { temperature: { min: 0, max: 1 } }

export function writeRequest(request: NeutralRequest, target: Target): WrittenRequest {
  const { model, facts } = target
  const limit = request.maxTokens ?? facts.outputTokensMax ?? OUTPUT_TOKENS_USUAL
  const reasoning = writeThinking(request, limit, facts)
  const isThinking = request.reasoning?.kind === 'on' && reasoning.isSaid
  const settings = writeSamplings(request, facts, isThinking)
  const answerTool = answerToolFor(request)
  const tools = answerTool === null ? request.tools : [...request.tools, answerTool]
  const rest = restFor(request, 'anthropic-messages')
  const choice = choose(request, answerTool, isThinking)
  // One of nothing but spaces is refused.
  const stops = request.stops.filter((stop) => stop.trim() !== '')
  const { system, turns } = apart(request, instructions(request, answerTool, isThinking))
  const members: Record<string, JsonOut> = {
    model,
    max_tokens: limit,
    system: writeSystem(system, facts),
    messages: writeTurns(turns, facts),
    stream: request.stream ? true : undefined,
    ...settings.members,
    stop_sequences: stops.length > 0 ? stops : undefined,
    tools: tools.length > 0 ? tools.map(writeTool) : undefined,
    tool_choice: tools.length > 0 ? writeChoice(choice.made, request) : undefined,
    metadata: request.user === null ? undefined : { user_id: request.user },
    ...nest(reasoning.members),
    ...rest.members,
  }
  const ignored = [
    ...settings.ignored,
    ...rest.ignored,
    ...(stops.length < request.stops.length ? ['stop'] : []),
    ...(choice.isDropped ? ['tool_choice'] : []),
    ...(request.tools.some(({ strict }) => strict === true) ? ['strict'] : []),
    ...(reasoning.isSaid ? [] : ['reasoning']),
  ]
  return { ...writeBody(members, target, ignored), answerTool: answerTool?.name ?? null }
}

export function editForProvider(json: JsonText, target: Target): Edited {
  const { edit, ignored } = editBody(json, target, MESSAGES_SETTINGS)
  return { body: edit.bytes(), ignored }
}

/** Thinking is part of what `max_tokens` limits, so it gets less than that, or where that is too little, nothing. */
function writeThinking({ reasoning }: NeutralRequest, limit: number, facts: DialectFacts): WrittenReasoning {
  const words = facts.reasoningSwitch ?? REASONING
  if (reasoning?.kind !== 'on' || words.budget === undefined) return writeReasoning(reasoning, words)
  const { min, max } = words.budget.range
  if (limit <= min) return { members: [], isSaid: false }
  return writeReasoning(reasoning, {
    ...words,
    budget: { ...words.budget, range: { min, max: Math.min(max, limit - 1) } },
  })
}

const NO_SETTINGS: WrittenSettings = { members: {}, ignored: [] }

/** A model that thinks takes no settings of its sampling. */
function writeSamplings({ settings }: NeutralRequest, facts: DialectFacts, isThinking: boolean): WrittenSettings {
  if (settings.size === 0) return NO_SETTINGS
  if (isThinking) return { members: {}, ignored: [...settings.keys()] }
  return writeSettings(settings, MESSAGES_SETTINGS, { ...facts, ranges: { ...RANGES, ...facts.ranges } })
}

function instructions({ format }: NeutralRequest, answerTool: NeutralTool | null, isThinking: boolean): NeutralPart[] {
  if (answerTool === null) return formatInstructions(format, { kind: 'text' })
  return textParts(isThinking ? `Give your answer by calling the tool ${answerTool.name}.` : '')
}

function writeSystem(parts: readonly NeutralPart[], facts: DialectFacts): JsonOut {
  const blocks = writeBlocks(parts, facts)
  return blocks.length > 0 ? blocks : undefined
}

function writeTool(tool: NeutralTool): JsonMembers {
  return {
    name: tool.name,
    description: tool.description ?? undefined,
    input_schema: tool.schema ?? NO_ARGUMENTS,
    cache_control: writeCache(tool),
  }
}

const NO_ARGUMENTS = new RawJson('{"type":"object","properties":{}}')

/**
 * A model that thinks cannot be made to call a tool: a request for both is refused. Then it is left to the model, which
 * was asked to think and has tools to call; to switch thinking off instead would cost the answer what was asked for,
 * and some models of this dialect cannot switch it off at all.
 */
function choose(
  request: NeutralRequest,
  answerTool: NeutralTool | null,
  isThinking: boolean,
): { readonly made: ToolChoice | null; readonly isDropped: boolean } {
  const { toolChoice, tools } = request
  const wanted = answerTool === null ? toolChoice : answerChoice(answerTool, request)
  if (!isThinking || !isForced(wanted)) return { made: wanted, isDropped: false }
  return { made: null, isDropped: tools.length > 0 && isForced(toolChoice) }
}

function isForced(choice: ToolChoice | null): boolean {
  return choice?.kind === 'required' || choice?.kind === 'named'
}

function writeChoice(choice: ToolChoice | null, { parallelCalls }: NeutralRequest): JsonOut {
  const isSerial = parallelCalls === false ? true : undefined
  if (choice?.kind === 'none') return { type: 'none' }
  if (choice === null) return isSerial === true ? { type: 'auto', disable_parallel_tool_use: true } : undefined
  const named = choice.kind === 'named' ? { type: 'tool', name: choice.name } : { type: KINDS[choice.kind] }
  return { ...named, disable_parallel_tool_use: isSerial }
}

const KINDS = { auto: 'auto', required: 'any' } as const

/** The answer is itself a call; beside other tools it is one of those that may be called. */
function answerChoice({ name }: NeutralTool, { tools, toolChoice }: NeutralRequest): ToolChoice {
  return tools.length === 0 || toolChoice?.kind === 'none' ? { kind: 'named', name } : { kind: 'required' }
}
