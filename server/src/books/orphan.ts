import type { Amount, AttemptRecord } from '@paddock/contract/entry'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import type { Quote } from '@paddock/contract/quote'
import type { Usage } from '@paddock/contract/usage'
import type { Entry, Intent } from './entry.ts'
import type { OpenRequest } from './journal-state.ts'

/** The price of a usage at the instant and by the price book state an intent names, and what its caller is charged for it. */
export type PriceUsage = (intent: Intent, usage: Usage) => Quote & { readonly charge: Amount }

/**
 * The entry of a request that was open when the process died. What it used is unknown, so the most it can have used is
 * written down: the output by the last progress mark, else the whole hold. It is made of the journal alone, no clock is
 * read, so making it again gives the same entry.
 */
export function orphanEntry({ intent, attempts, progress }: OpenRequest, price: PriceUsage): Entry {
  const { hold, ...known } = intent
  // Where none is written it was the first, to the model that the intent names.
  const { id, at, provider, model } = intent
  const calls = attempts.length > 0 ? attempts : [{ id, provider, model, started_at: at }]
  const last = calls.at(-1)
  const called = { provider: last?.provider ?? provider, model: last?.model ?? model }
  const usage = progress ? { ...hold, output: progress.output, reasoning: 0 } : hold
  const quote = price({ ...intent, ...called }, usage)
  const endedAt = lastSign([at, last?.started_at, progress?.at])
  return {
    ...known,
    ...called,
    ended_at: endedAt,
    state: 'orphan',
    error: null,
    answered_model: null,
    provider_request_id: null,
    usage,
    usage_source: 'estimated',
    usage_method: progress ? 'orphan: input of the hold, output of the last progress mark' : 'orphan: the whole hold',
    cost: { amount: quote.amount, currency: quote.currency },
    // What a race made itself is nobody's bill.
    charge:
      known.trial?.mirror_of && quote.charge.amount !== null
        ? { ...quote.charge, amount: formatPico(0n as Pico) }
        : quote.charge,
    price_rows: quote.rows,
    first_byte_ms: null,
    duration_ms: elapsedMs(at, endedAt),
    attempts: calls.map((call, index) => abandoned(call, calls[index + 1]?.started_at ?? endedAt)),
  }
}

/** How a call ended is written with the entry, and this entry never was. */
function abandoned(attempt: OpenRequest['attempts'][number], endedAt: string): AttemptRecord {
  const { provider, model, started_at } = attempt
  return {
    provider,
    model,
    started_at,
    outcome: 'unknown',
    status: null,
    error: null,
    duration_ms: elapsedMs(started_at, endedAt),
  }
}

function lastSign(instants: readonly (string | undefined)[]): string {
  return (
    instants
      .filter((each) => each !== undefined)
      .toSorted()
      .at(-1) ?? ''
  )
}

function elapsedMs(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}
