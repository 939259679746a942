import type { Script } from './script.ts'

/** Tokens as the provider counts them for its bill, disjoint. */
export type Tokens = {
  readonly input: number
  readonly cached: number
  readonly output: number
  readonly reasoning: number
}

/** The request as far as it shapes the answer. */
export type Asked = { readonly model: string; readonly stream: boolean; readonly includeUsage: boolean }

/** One event of a stream. `piece`: how many pieces of reasoning and content are out once it is sent. */
export type StreamEvent = { readonly data: string; readonly pieces: number }

/** What the whole answer costs. */
export function wholeTokens(script: Script): Tokens {
  return {
    input: script.promptTokens - script.cachedTokens,
    cached: script.cachedTokens,
    output: script.completionTokens === -1 ? script.chunks : script.completionTokens,
    reasoning: script.reasoning,
  }
}

/** What the first `pieces` pieces of the answer cost. */
export function producedTokens(script: Script, pieces: number): Tokens {
  const whole = wholeTokens(script)
  const reasoning = Math.min(pieces, script.reasoning)
  const share = script.chunks === 0 ? 0 : (pieces - reasoning) / script.chunks
  return { ...whole, reasoning, output: Math.floor(whole.output * share) }
}

/** The events of a stream, without their SSE framing; "[DONE]" is not among them. */
export function streamEvents(script: Script, asked: Asked & { id: string }): StreamEvent[] {
  const withNull = script.usage === 'null_everywhere' && asked.includeUsage
  const chunk = (choices: unknown[], usage?: unknown): string =>
    JSON.stringify({
      id: asked.id,
      object: 'chat.completion.chunk',
      created: 1_716_000_000,
      model: asked.model,
      choices,
      ...(usage === undefined ? (withNull ? { usage: null } : {}) : { usage }),
    })
  const delta = (content: object, finish: string | null = null): unknown[] => [
    { index: 0, delta: content, finish_reason: finish },
  ]
  const events = [
    { data: chunk(delta({ role: 'assistant', content: '' })), pieces: 0 },
    ...range(script.reasoning).map((k) => ({ data: chunk(delta({ reasoning_content: thought(k) })), pieces: k + 1 })),
    ...range(script.chunks).map((k) => ({
      data: chunk(delta({ content: piece(script, k) })),
      pieces: script.reasoning + k + 1,
    })),
    ...range(script.tools).flatMap((k) =>
      toolDeltas(k).map((each) => ({ data: chunk(delta(each)), pieces: all(script) })),
    ),
  ]
  const usage = reportedUsage(script)
  const onChoice = script.usage === 'last_choice' ? usage : undefined
  events.push({ data: chunk(delta({}, finishReason(script)), onChoice), pieces: all(script) })
  const isUsageSent = asked.includeUsage && usage !== undefined && onChoice === undefined
  if (isUsageSent) events.push({ data: chunk([], usage), pieces: all(script) })
  return events
}

/** The answer of a request that does not stream. */
export function wholeAnswer(script: Script, asked: Asked & { id: string }): string {
  const message = {
    role: 'assistant',
    content: range(script.chunks)
      .map((k) => piece(script, k))
      .join(''),
    ...(script.reasoning > 0 ? { reasoning_content: range(script.reasoning).map(thought).join('') } : {}),
    ...(script.tools > 0 ? { tool_calls: range(script.tools).map(toolCall) } : {}),
  }
  return JSON.stringify({
    id: asked.id,
    object: 'chat.completion',
    created: 1_716_000_000,
    model: asked.model,
    choices: [{ index: 0, message, finish_reason: finishReason(script) }],
    usage: reportedUsage(script),
  })
}

/** What the provider says it used, which is not always what its bill says. Undefined: nothing is said. */
function reportedUsage(script: Script): object | undefined {
  const { input, cached, output, reasoning } = wholeTokens(script)
  const prompt = input + cached
  const standard = {
    prompt_tokens: prompt,
    completion_tokens: output + reasoning,
    total_tokens: prompt + output + reasoning,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
  const shapes: Record<Script['usage'], object | undefined> = {
    standard,
    null_everywhere: standard,
    last_choice: standard,
    missing: undefined,
    deepseek: {
      prompt_tokens: prompt,
      completion_tokens: output + reasoning,
      total_tokens: prompt + output + reasoning,
      prompt_cache_hit_tokens: cached,
      prompt_cache_miss_tokens: input,
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
    reasoning_excluded: { ...standard, completion_tokens: output },
    zero: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    negative: { prompt_tokens: -prompt, completion_tokens: -output, total_tokens: -prompt - output },
    huge: { prompt_tokens: 1e18, completion_tokens: 1e18, total_tokens: 2e18 },
    string: { prompt_tokens: String(prompt), completion_tokens: String(output), total_tokens: String(prompt + output) },
  }
  return shapes[script.usage]
}

/** The text of piece `k` of the content: "w0 ", "w1 ", and so on. */
export function piece(script: Pick<Script, 'text' | 'chunkChars'>, k: number): string {
  const text = script.text === 'unicode' ? `你好${k}👩‍🚀é ` : `w${k} `
  return text.padEnd(script.chunkChars, '.')
}

function thought(k: number): string {
  return `t${k} `
}

function toolDeltas(k: number): object[] {
  const { id, type, function: call } = toolCall(k)
  const [head, tail] = [call.arguments.slice(0, 6), call.arguments.slice(6)]
  return [
    { tool_calls: [{ index: k, id, type, function: { name: call.name, arguments: '' } }] },
    { tool_calls: [{ index: k, function: { arguments: head } }] },
    { tool_calls: [{ index: k, function: { arguments: tail } }] },
  ]
}

function toolCall(k: number): { id: string; type: string; function: { name: string; arguments: string } } {
  return { id: `call_${k}`, type: 'function', function: { name: `tool_${k}`, arguments: `{"city":"北京","k":${k}}` } }
}

function finishReason(script: Script): string {
  return script.tools > 0 ? 'tool_calls' : 'stop'
}

function all(script: Script): number {
  return script.reasoning + script.chunks
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, k) => k)
}
