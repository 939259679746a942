import type { Amount, AttemptRecord, EntryState } from '@paddock/contract/entry'
import { sumTokens } from '@paddock/contract/usage'
import { isoInstant } from '../base/clock.ts'
import type { Entry } from '../books/entry.ts'
import { withRetryLoss } from '../books/retry-loss.ts'
import { closeRecord } from './attempt.ts'
import type { Called } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Metered } from './meter.ts'
import type { Permit } from '../limits/permit.ts'
import type { Relayed } from './relayed.ts'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import type { Cost } from '../prices/quote.ts'
import { outcomeOfFailure } from '../routing/outcome.ts'
import type { AnyPlan } from './route.ts'

/** All that is known at the end of a request. */
export type Outcome = {
  readonly plan: AnyPlan
  readonly called: Called
  readonly relayed: Relayed
  readonly metered: Metered
  readonly quote: Cost
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
  permit.settle({ tokens: sumTokens(usage) })
  if (!called.answer) return
  const { attempt, begun, started } = called.answer
  const { failure, firstByteElapsed } = relayed
  if (exchange.gone) attempt.end({ kind: 'neutral' })
  else if (failure) attempt.end(outcomeOfFailure(failure.code, failure.detail.retryAfterSeconds))
  else {
    const durationMs = gateway.clock.elapsed() - started.elapsed
    // What comes whole has no first byte of its own.
    const hasFirst = begun.kind === 'stream' && firstByteElapsed !== null
    const firstByteMs = hasFirst ? firstByteElapsed - started.elapsed : null
    attempt.end({ kind: 'answered', firstByteMs, durationMs, usage })
  }
}

function writeEntry(gateway: Gateway, exchange: Exchange, { plan, called, relayed, metered, quote }: Outcome): Entry {
  const { intent } = plan
  const cost: Amount = { amount: quote.amount, currency: quote.currency }
  const ended = gateway.clock.elapsed()
  // Named one by one: an object of this size that is spread and added to costs twenty microseconds more.
  const entry: Entry = withRetryLoss({
    id: intent.id,
    at: intent.at,
    organisation_id: intent.organisation_id,
    team_id: intent.team_id,
    user_id: intent.user_id,
    key_id: intent.key_id,
    end_user: intent.end_user,
    endpoint: intent.endpoint,
    stream: intent.stream,
    route: intent.route,
    priced_as_of: intent.priced_as_of,
    app: intent.app,
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
    attempts: attemptsOf(gateway, exchange, { called, relayed }),
  })
  return intent.trial === undefined ? entry : { ...entry, trial: intent.trial }
}

function chargeFor(
  gateway: Gateway,
  exchange: Exchange,
  { plan, metered, cost }: Pick<Outcome, 'plan' | 'metered'> & { readonly cost: Amount },
): Amount {
  // What a race makes itself is nobody's bill.
  if (plan.intent.trial?.mirror_of) return cost.amount === null ? cost : { ...cost, amount: formatPico(0n as Pico) }
  const { organisationId, organisationName } = plan.order.caller
  const organisation = { id: organisationId, name: organisationName }
  return gateway.charging().chargeOf({ organisation, cost, usage: metered.usage, at: exchange.acceptedAt })
}

function stateOf(exchange: Exchange, relayed: Relayed, quote: Cost): EntryState {
  if (exchange.gone) return 'client_gone'
  if (relayed.timedOut) return 'timeout'
  if (relayed.failure) return 'upstream_error'
  if (relayed.stopped) return 'stopped_budget'
  return quote.state === 'unpriced' ? 'unpriced' : 'ok'
}

type Ended = { readonly called: Called; readonly relayed: Relayed }

/** The attempt whose answer was passed on stands last: now it is known how that ended. */
function attemptsOf(
  gateway: Gateway,
  exchange: Exchange,
  { called: { attempts, answer }, relayed: { failure, timedOut, stopped } }: Ended,
): readonly AttemptRecord[] {
  if (!answer) return attempts
  const outcome = exchange.gone || stopped ? 'cancelled' : timedOut ? 'timeout' : failure ? 'error' : 'ok'
  return [...attempts, closeRecord(gateway, answer.started, { outcome, status: 200, error: failure?.code ?? null })]
}

function since(exchange: Exchange, elapsed: number): number {
  return Math.max(0, Math.round(elapsed - exchange.acceptedElapsed))
}
