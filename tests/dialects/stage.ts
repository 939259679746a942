import { readFileSync } from 'node:fs'
import { CALLER_DIALECTS, PROVIDER_DIALECTS } from '../../server/src/dialects/all.ts'
import type { AnswerMeta, ReadContext } from '../../server/src/dialects/dialect.ts'
import type { CallerDialectName, DialectName } from '../../server/src/dialects/dialect-name.ts'
import type { DialectFacts } from '../../server/src/dialects/facts.ts'
import { readJson } from '../../server/src/dialects/json-text.ts'
import type { NeutralAnswer, NeutralEvent } from '../../server/src/dialects/neutral.ts'
import { collectAnswer } from '../../server/src/dialects/collect-answer.ts'
import type { ReasoningMemory } from '../../server/src/dialects/reasoning-memory.ts'
import { SseSplitter } from '../../server/src/dialects/sse.ts'
import { translate, type Translation } from '../../server/src/dialects/translation.ts'
import type { StreamRelay } from '../../server/src/dialects/relay.ts'

/** A caller and a provider of any dialects with nothing between them but a translation. */

export const CALLERS = Object.keys(CALLER_DIALECTS) as CallerDialectName[]
export const PROVIDERS = Object.keys(PROVIDER_DIALECTS) as DialectName[]
export const FACTS: DialectFacts = { usage: { streamOption: true, reasoningInOutput: true } }

/** A request that every dialect can write. */
export const ASKING: Readonly<Record<CallerDialectName, object>> = {
  'openai-chat': { model: 'm', messages: [{ role: 'user', content: 'Hello' }] },
  'openai-responses': { model: 'm', input: 'Hello' },
  'anthropic-messages': { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
}

export type Setting = {
  /** As a value, or as JSON where every digit of it counts. */
  readonly request?: object | string
  readonly facts?: Partial<DialectFacts>
  readonly memory?: ReasoningMemory
  readonly includeUsage?: boolean
  readonly mayCut?: boolean
  readonly betas?: string
}

export function between(caller: CallerDialectName, provider: DialectName, setting: Setting = {}): Translation {
  return translate({
    caller: CALLER_DIALECTS[caller],
    provider: PROVIDER_DIALECTS[provider],
    target: { provider: 'lab', model: 'large', facts: { ...FACTS, ...setting.facts } },
    apiKey: 'the-key',
    betas: setting.betas ?? null,
    meta: metaFor(caller, setting),
    memory: setting.memory ?? null,
    mayCut: setting.mayCut ?? false,
  })
}

export function metaFor(caller: CallerDialectName, { request, includeUsage = true }: Setting = {}): AnswerMeta {
  return {
    requestId: '01920000-0000-7000-8000-00000000000a',
    model: 'large',
    createdSeconds: 1_732_000_000,
    includeUsage,
    json: readJson(Buffer.from(typeof request === 'string' ? request : JSON.stringify(request ?? ASKING[caller]))),
  }
}

export const contextFor = (facts: Partial<DialectFacts> = {}, answerTool: string | null = null): ReadContext => ({
  provider: 'lab',
  requestId: '01920000-0000-7000-8000-00000000000a',
  facts: { ...FACTS, ...facts },
  answerTool,
})

/** What a provider is sent. */
export function sent(
  caller: CallerDialectName,
  provider: DialectName,
  setting: Setting = {},
): { readonly body: Record<string, unknown>; readonly ignored: readonly string[] } {
  const { body, ignored } = between(caller, provider, setting)
  return { body: JSON.parse(body.toString()) as Record<string, unknown>, ignored }
}

export const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url))

/** All that a caller gets of a stream that arrives in these pieces. */
export function relayed(relay: StreamRelay, pieces: Iterable<Uint8Array>): string {
  const splitter = new SseSplitter()
  const passed: string[] = []
  for (const piece of pieces) for (const event of splitter.push(piece)) passed.push(relay.push(event).toString())
  for (const event of splitter.end()) passed.push(relay.push(event).toString())
  passed.push(relay.finish().toString(), relay.held()?.toString() ?? '')
  return passed.join('')
}

export function* bytesOf(stream: Buffer): Generator<Buffer> {
  for (let at = 0; at < stream.length; at += 1) yield stream.subarray(at, at + 1)
}

/** What a stream of a dialect says, as our own reader of that dialect understands it. */
export function eventsIn(
  dialect: DialectName,
  stream: string | Buffer,
  facts: Partial<DialectFacts> = {},
): NeutralEvent[] {
  const reader = PROVIDER_DIALECTS[dialect].openReader(contextFor(facts))
  const splitter = new SseSplitter()
  const events = [...splitter.push(Buffer.from(stream)), ...splitter.end()]
  return [...events.flatMap(({ data }) => (data === null ? [] : reader.read(Buffer.from(data)))), ...reader.end()]
}

export function answerIn(
  dialect: DialectName,
  stream: string | Buffer,
  facts: Partial<DialectFacts> = {},
): NeutralAnswer {
  return collectAnswer(eventsIn(dialect, stream, facts))
}

export function wholeIn(dialect: DialectName, bytes: Buffer, facts: Partial<DialectFacts> = {}): NeutralAnswer {
  return PROVIDER_DIALECTS[dialect].readAnswer(bytes, contextFor(facts))
}

/** An answer in few words: what two tellings of the same one must agree in. */
export function gist({ parts, stop, usage }: NeutralAnswer): object {
  const said = (kind: string): string =>
    parts.map((part) => (part.kind === kind && 'text' in part ? part.text : '')).join('')
  return {
    text: said('text'),
    reasoning: said('reasoning'),
    calls: parts.flatMap((part) =>
      part.kind === 'call' ? [{ name: part.name, arguments: JSON.parse(part.arguments || '{}') as unknown }] : [],
    ),
    stop,
    usage: usage?.kind === 'usage' ? usage.usage : usage,
  }
}

/** A whole answer. */
export const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** A stream of chat chunks with these deltas. */
export function chatStream(...deltas: readonly object[]): Buffer {
  const chunks = deltas.map((delta) => ({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason: null }] }))
  return events([...chunks, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }], 'data: [DONE]\n\n')
}

export function events(payloads: readonly object[], end = ''): Buffer {
  return Buffer.from(payloads.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join('') + end)
}
