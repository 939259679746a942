import type { Amount, AttemptRecord, EntryState } from '@paddock/contract/entry'
import type { Quote } from '@paddock/contract/quote'
import { isoInstant } from '../base/clock.ts'
import type { Entry } from '../books/entry.ts'
import type { Called } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Metered } from './meter.ts'
import type { Permit } from '../limits/permit.ts'
import type { Relayed } from './relayed.ts'
import { outcomeOfFailure } from '../routing/outcome.ts'
import type { Plan } from './route.ts'

/** All that is known at the end of a request. */
export type Outcome = {
  readonly plan: Plan
  readonly called: Called
  readonly relayed: Relayed
  readonly metered: Metered
  readonly quote: Quote
  readonly permit: Permit
}

/** Stage 8, record: the entry is on disk when this resolves, and only then may the caller have the last byte. */
export async function record(gateway: Gateway, exchange: Exchange, outcome: Outcome): Promise<Entry> {
  const entry = writeEntry(gateway, exchange, outcome)
  learn(gateway, exchange, outcome)
  await gateway.books.settle(entry)
  gateway.observe.settled(entry)
  return entry
}

/** Limits count what was used, and routing remembers how the provider did. */
function learn(gateway: Gateway, exchange: Exchange, { called, relayed, metered, permit }: Outcome): void {
  const { usage } = metered
  permit.settle({ tokens: Object.values(usage).reduce((sum, tokens) => sum + tokens, 0) })
  if (!called.answer) return
  const { failure, firstByteElapsed } = relayed
  if (exchange.gone) called.answer.attempt.end({ kind: 'neutral' })
  else if (failure) called.answer.attempt.end(outcomeOfFailure(failure.code, failure.detail.retryAfterSeconds))
  else {
    const durationMs = gateway.clock.elapsed() - called.startedElapsed
    const firstByteMs = firstByteElapsed === null ? null : firstByteElapsed - called.startedElapsed
    called.answer.attempt.end({ kind: 'answered', firstByteMs, durationMs, usage })
  }
}

function writeEntry(gateway: Gateway, exchange: Exchange, { plan, called, relayed, metered, quote }: Outcome): Entry {
  const { hold: _, ...intent } = plan.intent
  const cost: Amount = { amount: quote.amount, currency: quote.currency }
  const ended = gateway.clock.elapsed()
  return {
    ...intent,
    ended_at: isoInstant(gateway.clock.now()),
    state: stateOf(exchange, relayed, quote),
    error: relayed.failure?.code ?? null,
    provider: called.target.provider.facts.id,
    model: called.target.model,
    answered_model: relayed.answeredModel,
    provider_request_id: relayed.providerRequestId,
    usage: metered.usage,
    usage_source: metered.source,
    usage_method: metered.method,
    cost,
    charge: chargeFor(gateway, exchange, { plan, metered, cost }),
    price_rows: quote.rows,
    practice: called.target.provider.facts.practice === true,
    first_byte_ms: relayed.firstByteElapsed === null ? null : since(exchange, relayed.firstByteElapsed),
    duration_ms: since(exchange, ended),
    attempts: closeAttempts(exchange, { called, relayed, ended }),
  }
}

function chargeFor(
  gateway: Gateway,
  exchange: Exchange,
  { plan, metered, cost }: Pick<Outcome, 'plan' | 'metered'> & { readonly cost: Amount },
): Amount {
  const { organisationId, organisationName } = plan.order.caller
  const organisation = { id: organisationId, name: organisationName }
  return gateway.charging().chargeOf({ organisation, cost, usage: metered.usage, at: exchange.acceptedAt })
}

function stateOf(exchange: Exchange, relayed: Relayed, quote: Quote): EntryState {
  if (exchange.gone) return 'client_gone'
  if (relayed.timedOut) return 'timeout'
  if (relayed.failure) return 'upstream_error'
  return quote.state === 'unpriced' ? 'unpriced' : 'ok'
}

type Closing = { readonly called: Called; readonly relayed: Relayed; readonly ended: number }

/** The last attempt was left open while its answer was passed on; now it is known how that ended. */
function closeAttempts(exchange: Exchange, { called, relayed, ended }: Closing): readonly AttemptRecord[] {
  const last = called.attempts.at(-1)
  if (last?.outcome !== 'unknown') return called.attempts
  const outcome = exchange.gone ? 'cancelled' : relayed.timedOut ? 'timeout' : relayed.failure ? 'error' : 'ok'
  const closed = {
    ...last,
    outcome,
    error: relayed.failure?.code ?? null,
    duration_ms: Math.round(ended - called.startedElapsed),
  } as const
  return [...called.attempts.slice(0, -1), closed]
}

function since(exchange: Exchange, elapsed: number): number {
  return Math.max(0, Math.round(elapsed - exchange.acceptedElapsed))
}
