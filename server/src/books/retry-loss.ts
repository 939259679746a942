import type { Amount, AttemptRecord, EntryRecord } from '@paddock/contract/entry'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'

/**
 * Calls that gave no answer and are believed to be billed: owed beside what the answer costs, to whom they were made, and
 * never charged. They stand in the attempts of an entry; every sum of what is owed counts them from there.
 */
export type Loss = Pick<AttemptRecord, 'provider' | 'model'> & { readonly currency: string; readonly amount: Pico }

export function lossesOf(attempts: readonly AttemptRecord[]): Loss[] {
  return attempts.flatMap(({ provider, model, cost }) => {
    if (cost === undefined || cost.amount === null || cost.currency === null) return []
    const amount = parsePico(cost.amount)
    return amount === null || amount === 0n ? [] : [{ provider, model, currency: cost.currency, amount }]
  })
}

/** The same of attempts as the ledger has them; nearly all have none, and are not even parsed. */
export function lossesIn(attempts: string): Loss[] {
  return attempts.includes('"cost":') ? lossesOf(JSON.parse(attempts) as AttemptRecord[]) : []
}

/** One amount for each currency, in their order. */
export function retryLoss(attempts: readonly AttemptRecord[]): readonly Amount[] {
  const sums = new Map<string, bigint>()
  for (const { currency, amount } of lossesOf(attempts)) sums.set(currency, (sums.get(currency) ?? 0n) + amount)
  const sorted = [...sums].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return sorted.map(([currency, sum]) => ({ amount: formatPico(sum as Pico), currency }))
}

/** The entry with what was lost in it; as it is, where that is nothing. */
export function withRetryLoss<Some extends Pick<EntryRecord, 'attempts'>>(
  entry: Some,
): Some & Pick<EntryRecord, 'retry_loss'> {
  const lost = retryLoss(entry.attempts)
  return lost.length === 0 ? entry : { ...entry, retry_loss: lost }
}
