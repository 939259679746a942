import type { AttemptRecord, EntryState } from '@paddock/contract/entry'
import { NO_USAGE, type Usage, type UsageSource } from '@paddock/contract/usage'
import { isoInstant } from '../../base/clock.ts'
import type { Charging } from '../../books/charge.ts'
import type { Entry } from '../../books/entry.ts'
import type { PriceUsage } from '../../books/orphan.ts'
import type { Pricing } from '../../books/whatif/run.ts'
import { splitModel } from '../../prices/book.ts'
import { call, speedOf, type Calls } from './calls.ts'
import type { Led } from './arrivals.ts'
import type { Seeded } from './seeded.ts'
import { CACHING } from './story.ts'

/** How requests are priced: by the same book and the same rules as a server's. */
export type DemoPricing = Pricing & { readonly charging: Charging }

/** How a request came out, and what was held for it while it ran. */
export type Answered = {
  readonly entry: Entry
  readonly hold: Usage
  /** When it is over, in milliseconds since 1970. */
  readonly endedAt: number
}

/** Of a thousand streams, so many are given up before their end. */
const GONE = 0.012
/** What a request holds for an answer whose length nobody knows. */
const HELD_OUTPUT = 2_048
/** Of what a prefix cache does not have yet, programs ask to keep about so much. */
const KEPT_SHARE = 0.5

export function answer(arrival: Led, seeded: Seeded, pricing: DemoPricing): Answered {
  const called = call(arrival, seeded)
  const calls = { ...called, failed: called.failed.map((attempt) => withLoss(attempt, arrival, pricing)) }
  const usage = usageOf(arrival, calls.last.model)
  const draft = draftOf(arrival, calls, pricing)
  const hold = { ...usage, output: HELD_OUTPUT }
  if (calls.failure !== null) return { ...unanswered(draft, calls, pricing), hold }
  const gone = arrival.stream && seeded.chance(GONE) ? seeded.fraction() : null
  const output = gone === null ? usage.output : Math.floor(usage.output * gone)
  const state = gone === null ? 'ok' : 'client_gone'
  return { ...end(draft, calls, { state, usage: { ...usage, output }, pricing }), hold }
}

/** The same request, ended after fewer tokens: there was no money for more. */
export function stopAfter(output: number, { entry, hold }: Answered, pricing: DemoPricing): Answered {
  const failed = entry.attempts.slice(0, -1)
  const startedAt = Date.parse(entry.attempts.at(-1)?.started_at ?? entry.at)
  const calls: Calls = { failed, last: { model: `${entry.provider}/${entry.model}`, startedAt }, failure: null }
  return { ...end(entry, calls, { state: 'stopped_budget', usage: { ...entry.usage, output }, pricing }), hold }
}

/** Who did not answer in time had the prompt by then, and is likely to bill it. */
function withLoss(attempt: AttemptRecord, { at, sizes }: Led, { prices, bookName }: DemoPricing): AttemptRecord {
  if (attempt.outcome !== 'timeout') return attempt
  const usage = { ...NO_USAGE, input: sizes.prompt }
  const { amount, currency } = prices.quote({ model: bookName(attempt.provider, attempt.model), at, usage })
  return {
    ...attempt,
    usage,
    usage_method: 'estimated: the prompt, nothing was answered',
    cost: { amount, currency },
  }
}

function usageOf({ by, sizes: { prompt, answer: output, cached } }: Led, model: string): Usage {
  const { shape } = by.workload
  if (shape.cached.length === 0 || !CACHING.has(splitModel(model).provider))
    return { ...NO_USAGE, input: prompt, output }
  const rest = prompt - cached
  const kept = Math.floor(rest * KEPT_SHARE)
  return { ...NO_USAGE, input: rest - kept, cached_input: cached, cache_write: kept, output }
}

/** What was known of a request before it was sent. */
type Draft = Omit<Entry, keyof Written | 'ended_at' | 'duration_ms'>
type Ended = Omit<Answered, 'hold'>

function draftOf({ id, at, by, key, person, stream, lead }: Led, { last }: Calls, pricing: DemoPricing): Draft {
  const { provider, name: model } = splitModel(last.model)
  const { endpoint, app, asks } = by.workload
  return {
    id,
    at: isoInstant(at),
    organisation_id: by.organisation.id,
    team_id: by.team.id,
    user_id: null,
    key_id: key.id,
    end_user: person?.name ?? null,
    endpoint,
    stream,
    route: 'route' in asks ? asks.route : null,
    provider,
    model,
    provider_request_id: null,
    priced_as_of: isoInstant(pricing.prices.recordedUntil),
    practice: false,
    app,
    ...(lead?.trial ? { trial: lead.trial } : {}),
  }
}

function unanswered(draft: Draft, { failed, failure }: Calls, pricing: DemoPricing): Ended {
  const last = failed.at(-1)
  const endedAt = Date.parse(last?.started_at ?? draft.at) + (last?.duration_ms ?? 0)
  const state = last?.outcome === 'timeout' ? 'timeout' : 'upstream_error'
  const entry = write(draft, {
    ...priced(draft, NO_USAGE, { pricing, state }),
    error: failure,
    answered_model: null,
    usage_source: 'estimated',
    usage_method: 'nothing was answered',
    first_byte_ms: null,
    endedAt,
    attempts: failed,
  })
  return { entry, endedAt }
}

type Ending = { readonly state: EntryState; readonly usage: Usage; readonly pricing: DemoPricing }

function end(draft: Draft, { failed, last }: Calls, { state, usage, pricing }: Ending): Ended {
  const { firstByteMs, tokensPerSecond } = speedOf(last.model)
  // Long prompts take longer to begin with.
  const begunAt = last.startedAt + firstByteMs + Math.floor(sumPrompt(usage) / 20)
  const endedAt = begunAt + Math.round((usage.output * 1_000) / tokensPerSecond)
  const isWhole = state === 'ok'
  const attempt: AttemptRecord = {
    provider: draft.provider,
    model: draft.model,
    outcome: isWhole ? 'ok' : 'cancelled',
    status: 200,
    error: null,
    started_at: isoInstant(last.startedAt),
    duration_ms: endedAt - last.startedAt,
  }
  const source: UsageSource = isWhole ? 'provider' : 'counted'
  const entry = write(draft, {
    ...priced(draft, usage, { pricing, state }),
    error: null,
    answered_model: draft.model,
    usage_source: source,
    usage_method: isWhole ? 'usage' : 'o200k_base: the prompt and the text that arrived',
    first_byte_ms: (draft.stream ? begunAt : endedAt) - Date.parse(draft.at),
    endedAt,
    attempts: [...failed, attempt],
  })
  return { entry, endedAt }
}

function sumPrompt({ input, cached_input, cache_write }: Usage): number {
  return input + cached_input + cache_write
}

type Written = Pick<
  Entry,
  | 'state'
  | 'usage'
  | 'cost'
  | 'charge'
  | 'price_rows'
  | 'error'
  | 'answered_model'
  | 'usage_source'
  | 'usage_method'
  | 'first_byte_ms'
  | 'attempts'
> & { readonly endedAt: number }

function write(draft: Draft, { endedAt, ...written }: Written): Entry {
  return {
    ...draft,
    ...written,
    ended_at: isoInstant(endedAt),
    duration_ms: endedAt - Date.parse(draft.at),
  }
}

/** Exact, at the prices in force when it was accepted; what has no price then is unpriced. */
function priced(
  draft: Draft,
  usage: Usage,
  { pricing, state }: Pick<Ending, 'pricing' | 'state'>,
): Pick<Entry, 'state' | 'usage' | 'cost' | 'charge' | 'price_rows'> {
  const quote = quoteFor(pricing, draft, usage)
  const isUnpriced = state === 'ok' && quote.state === 'unpriced'
  const cost = { amount: quote.amount, currency: quote.currency }
  return { state: isUnpriced ? 'unpriced' : state, usage, cost, charge: quote.charge, price_rows: quote.rows }
}

type Quoted = Pick<Entry, 'at' | 'provider' | 'model' | 'organisation_id'>

/** What a usage costs, and what is charged for it. */
export function quoteFor(
  pricing: DemoPricing,
  { provider, model, ...asked }: Quoted,
  usage: Usage,
): ReturnType<PriceUsage> {
  const at = Date.parse(asked.at)
  const quote = pricing.prices.quote({ model: pricing.bookName(provider, model), at, usage })
  const cost = { amount: quote.amount, currency: quote.currency }
  const organisation = { id: asked.organisation_id, name: 'default' }
  return { ...quote, charge: pricing.charging.chargeOf({ organisation, cost, usage, at }) }
}
