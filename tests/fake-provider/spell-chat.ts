import { contentPieces, distorted, halves, thoughtPieces, toolCalls, wholeTokens, type ToolCall } from './answer.ts'
import { faultOf, type FaultKind } from './errors.ts'
import type { Script, UsageShape } from './script.ts'
import { EventList, type Asked, type Spelling, type StreamEvent } from './spelling.ts'

/** POST /chat/completions. */
export const chatSpelling: Spelling = {
  idPrefix: 'chatcmpl-',
  streamEvents,
  wholeAnswer,
  errorBody: openaiError,
  errorEvent: () => ({ name: null, data: openaiError(500) }),
}

const CREATED = 1_716_000_000

function streamEvents(script: Script, asked: Asked): StreamEvent[] {
  const withNull = script.usage === 'null_everywhere' && asked.includeUsage
  const chunk = (choices: unknown[], usage?: unknown): object => ({
    id: asked.id,
    object: 'chat.completion.chunk',
    created: CREATED,
    model: asked.model,
    choices,
    ...(usage === undefined ? (withNull ? { usage: null } : {}) : { usage }),
  })
  const delta = (content: object, finish: string | null = null): unknown[] => [
    { index: 0, delta: content, finish_reason: finish },
  ]
  const list = new EventList()
  list.add(null, chunk(delta({ role: 'assistant', content: '' })))
  for (const text of thoughtPieces(script)) list.addPiece(null, chunk(delta({ reasoning_content: text })))
  for (const text of contentPieces(script)) list.addPiece(null, chunk(delta({ content: text })))
  for (const each of toolCalls(script).flatMap(toolDeltas)) list.add(null, chunk(delta(each)))
  const usage = reportedUsage(script)
  const onChoice = script.usage === 'last_choice' ? usage : undefined
  list.add(null, chunk(delta({}, finishReason(script)), onChoice))
  if (asked.includeUsage && usage !== undefined && onChoice === undefined) list.add(null, chunk([], usage))
  return list.end(null, '[DONE]')
}

function wholeAnswer(script: Script, asked: Asked): string {
  const message = {
    role: 'assistant',
    content: contentPieces(script).join(''),
    ...(script.reasoning > 0 ? { reasoning_content: thoughtPieces(script).join('') } : {}),
    ...(script.tools > 0 ? { tool_calls: toolCalls(script).map(wholeCall) } : {}),
  }
  return JSON.stringify({
    id: asked.id,
    object: 'chat.completion',
    created: CREATED,
    model: asked.model,
    choices: [{ index: 0, message, finish_reason: finishReason(script) }],
    usage: reportedUsage(script),
  })
}

function reportedUsage(script: Script): object | undefined {
  const { input, cached, cacheWrite, output, reasoning } = wholeTokens(script)
  const prompt = input + cached + cacheWrite
  const totals = {
    prompt_tokens: prompt,
    completion_tokens: output + reasoning,
    total_tokens: prompt + output + reasoning,
  }
  const standard = {
    ...totals,
    prompt_tokens_details: { cached_tokens: cached, ...(cacheWrite > 0 ? { cache_write_tokens: cacheWrite } : {}) },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
  const deepseek = {
    ...totals,
    prompt_cache_hit_tokens: cached,
    prompt_cache_miss_tokens: input,
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
  const own: Partial<Record<UsageShape, object>> = {
    null_everywhere: standard,
    last_choice: standard,
    deepseek,
    reasoning_excluded: { ...standard, completion_tokens: output },
  }
  return own[script.usage] ?? distorted(script, standard)
}

function toolDeltas(call: ToolCall): object[] {
  const { index, id, name } = call
  const pieces = halves(call.arguments).map((text) => ({ tool_calls: [{ index, function: { arguments: text } }] }))
  return [{ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }, ...pieces]
}

function wholeCall({ id, name, arguments: given }: ToolCall): object {
  return { id, type: 'function', function: { name, arguments: given } }
}

function finishReason({ tools, stop }: Script): string {
  return stop === 'end' && tools > 0 ? 'tool_calls' : FINISHES[stop]
}

const FINISHES = { end: 'stop', length: 'length', filtered: 'content_filter' } as const

const TYPES: Readonly<Record<FaultKind, string>> = {
  invalid: 'invalid_request_error',
  auth: 'invalid_request_error',
  money: 'insufficient_balance',
  not_found: 'invalid_request_error',
  rate: 'requests',
  overloaded: 'server_error',
  server: 'server_error',
}

/** An error as the OpenAI APIs word it. */
export function openaiError(status: number, words?: string): string {
  const { kind, code, message } = faultOf(status, words)
  return JSON.stringify({ error: { message, type: TYPES[kind], param: null, code } })
}
