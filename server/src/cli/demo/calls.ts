import type { AttemptRecord } from '@paddock/contract/entry'
import type { ErrorCode } from '@paddock/contract/errors'
import { isoInstant } from '../../base/clock.ts'
import { splitModel } from '../../prices/book.ts'
import type { Led } from './arrivals.ts'
import type { Seeded } from './seeded.ts'
import { instantOf, OUTAGE, OVERLOADED, ROUTES, SPEEDS, type Speed } from './story.ts'

/** The calls a request led to. */
export type Calls = {
  readonly failed: readonly AttemptRecord[]
  /** The last model that was called; it answered unless `failure` says otherwise. */
  readonly last: { readonly model: string; readonly startedAt: number }
  readonly failure: ErrorCode | null
}

type Failure = { readonly status: number | null; readonly error: ErrorCode; readonly ms: number }

/** Of a thousand first attempts, so many fail without an outage; of those after a failure, more. */
const FAIL_FIRST = 0.009
const FAIL_AGAIN = 0.06
/** While a breaker is open, one request in so many looks whether the provider is back. */
const PROBES_ONE_IN = 14

const FAILURES: readonly [Failure, ...Failure[]] = [
  { status: 429, error: 'provider_rate_limited', ms: 180 },
  { status: 429, error: 'provider_rate_limited', ms: 220 },
  { status: 503, error: 'provider_overloaded', ms: 900 },
  { status: 500, error: 'provider_error', ms: 1_400 },
  { status: null, error: 'provider_timeout', ms: 30_000 },
]
const IN_OUTAGE: readonly [Failure, ...Failure[]] = [
  { status: 503, error: 'provider_overloaded', ms: 700 },
  { status: 503, error: 'provider_overloaded', ms: 2_100 },
  { status: null, error: 'provider_timeout', ms: 30_000 },
]
/** When two candidates have failed, so has the request. */
const ATTEMPTS_MAX = 2

export function call(arrival: Led, seeded: Seeded): Calls {
  const models = candidatesFor(arrival)
  const tried = models.filter((model) => !isSkipped(model, arrival.at, seeded)).slice(0, ATTEMPTS_MAX)
  const failed: AttemptRecord[] = []
  let at = arrival.at + 2
  for (const [index, model] of tried.entries()) {
    const failure = failureOf(model, { at, isFirst: index === 0 }, seeded)
    if (failure === null) return { failed, last: { model, startedAt: at }, failure: null }
    failed.push(failedAttempt(model, at, failure))
    const isLast = index === tried.length - 1
    if (isLast) return { failed, last: { model, startedAt: at }, failure: failure.error }
    at += failure.ms
  }
  const [first = ''] = models
  return { failed, last: { model: first, startedAt: at }, failure: null }
}

export function speedOf(model: string): Speed {
  const speed = SPEEDS[model]
  if (speed === undefined) throw new Error(`the speed of ${model} is not in the story`)
  return speed
}

/** In the order in which the route would have asked them then: whom a race has chosen first, and nobody of weight 0. */
function candidatesFor({ at, by, lead, sizes }: Led): string[] {
  const { asks } = by.workload
  if ('model' in asks) return [asks.model]
  const phase = (ROUTES[asks.route] ?? []).findLast(({ from }) => at >= instantOf(from))
  const models = (phase?.candidates ?? [])
    .filter(({ when, weight }) => weight !== 0 && sizes.prompt < (when?.prompt_tokens?.lt ?? Infinity))
    .map(({ model }) => model)
  return lead === null ? models : [lead.model, ...models.filter((model) => model !== lead.model)]
}

function isOut(model: string, at: number): boolean {
  return splitModel(model).provider === OUTAGE.provider && at >= OUTAGE.from && at < OUTAGE.to
}

function isSkipped(model: string, at: number, seeded: Seeded): boolean {
  return isOut(model, at) && at >= OUTAGE.noticed && seeded.below(PROBES_ONE_IN) > 0
}

function failureOf(model: string, { at, isFirst }: { at: number; isFirst: boolean }, seeded: Seeded): Failure | null {
  if (isOut(model, at)) return seeded.pick(IN_OUTAGE)
  if (model === OVERLOADED.model && at >= OVERLOADED.from && at < OVERLOADED.to && seeded.chance(OVERLOADED.failing))
    return seeded.pick(IN_OUTAGE)
  return seeded.chance(isFirst ? FAIL_FIRST : FAIL_AGAIN) ? seeded.pick(FAILURES) : null
}

function failedAttempt(model: string, at: number, { status, error, ms }: Failure): AttemptRecord {
  const { provider, name } = splitModel(model)
  const outcome = status === null ? 'timeout' : 'error'
  return { provider, model: name, outcome, status, error, started_at: isoInstant(at), duration_ms: ms }
}
