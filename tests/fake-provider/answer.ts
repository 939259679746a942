import type { Script, UsageShape } from './script.ts'

/** What an answer says and costs, in no dialect. */

/** Tokens as the provider counts them for its bill, disjoint. */
export type Tokens = {
  readonly input: number
  readonly cached: number
  readonly cacheWrite: number
  readonly output: number
  readonly reasoning: number
}

export const NO_TOKENS: Tokens = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 }

/** What the whole answer costs. */
export function wholeTokens(script: Script): Tokens {
  return {
    input: script.promptTokens - script.cachedTokens - script.cacheWriteTokens,
    cached: script.cachedTokens,
    cacheWrite: script.cacheWriteTokens,
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

/** The pieces of the content: "w0 ", "w1 ", and so on, or those of one JSON object. */
export function contentPieces(script: Script): string[] {
  return range(script.chunks).map((k) => piece(script, k).padEnd(script.chunkChars, script.text === 'json' ? ' ' : '.'))
}

function piece({ text, chunks }: Script, k: number): string {
  if (text === 'unicode') return `你好${k}👩‍🚀é `
  if (text === 'words') return `w${k} `
  return `${k === 0 ? '{"words":[' : ','}"w${k}"${k === chunks - 1 ? ']}' : ''}`
}

export function thoughtPieces(script: Script): string[] {
  return range(script.reasoning).map((k) => `t${k} `)
}

export type ToolCall = {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly arguments: string
}

export function toolCalls(script: Script): ToolCall[] {
  return range(script.tools).map((k) => ({
    index: k,
    id: `call_${k}`,
    name: script.toolName || `tool_${k}`,
    arguments: `{"city":"北京","k":${k}}`,
  }))
}

/** Arguments as they are streamed, in two pieces. */
export function halves(text: string): readonly [string, string] {
  return [text.slice(0, 6), text.slice(6)]
}

/**
 * What the provider says it used, which is not always what its bill says. Undefined: nothing is said. Shapes that only
 * one dialect knows are that dialect's to write.
 */
export function distorted(script: Script, counters: Counters): object | undefined {
  if (script.usage === 'missing') return undefined
  const change = DISTORTIONS[script.usage]
  if (change === undefined) throw new Error(`usage "${script.usage}" is a shape of openai-chat only`)
  return eachNumber(counters, change)
}

type Counters = Readonly<Record<string, unknown>>

const DISTORTIONS: Partial<Record<UsageShape, (count: number) => unknown>> = {
  standard: (count) => count,
  zero: () => 0,
  negative: (count) => 0 - count,
  huge: () => 1e18,
  string: String,
}

function eachNumber(counters: Counters, change: (count: number) => unknown): object {
  const changed = Object.entries(counters).map(([name, value]) => {
    if (typeof value === 'number') return [name, change(value)]
    return [name, eachNumber(value as Counters, change)]
  })
  return Object.fromEntries(changed) as object
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, k) => k)
}
