import { binOf, type BinCounts } from './bin.ts'

/**
 * What a race knows is counts: how often each bin of each metric was seen. Counts do not depend on the order of the signals,
 * add up over nodes, and can be made anew from the signals at any time.
 */
export type Signal = {
  /** UUIDv7: of two signals that say the same thing, the one with the later id counts. */
  readonly id: string
  readonly trial: string
  readonly source: 'user' | 'implicit' | 'check' | 'judge' | 'panel'
  readonly metric: string
  /** Who said it: a grader with its version, a judge, a person. */
  readonly reviewer: string
  /** What is counted where: evidence never crosses epochs, and phases are counted apart. */
  readonly series: Series
  /** 0 … 1 for a score, −1 … 1 for a comparison of two answers. Null takes an earlier signal back. */
  readonly value: number | null
}

export type Series = {
  readonly epoch: number
  readonly phase: number
  readonly arm: string
  readonly stratum: string
}

/** Counts by series and metric. */
export class Tally {
  readonly #bins = new Map<string, Map<number, number>>()
  /** The signal in force for everything that can be said only once. */
  readonly #inForce = new Map<string, Signal>()

  /** A tally of these signals, in whatever order and however often they come. */
  static of(signals: Iterable<Signal>): Tally {
    const tally = new Tally()
    for (const signal of signals) tally.take(signal)
    return tally
  }

  /** Counts a signal. One that replaces another takes its place; one that is older than what is in force changes nothing. */
  take(signal: Signal): void {
    const once = JSON.stringify([signal.trial, signal.source, signal.metric, signal.reviewer])
    const before = this.#inForce.get(once)
    if (before !== undefined && before.id >= signal.id) return
    if (before !== undefined) this.#count(before, -1)
    this.#count(signal, 1)
    this.#inForce.set(once, signal)
  }

  /** The counts of a series; empty when nothing was said. */
  bins(series: Series, metric: string): BinCounts {
    return this.#bins.get(keyOf(series, metric)) ?? new Map()
  }

  /** Every count that is not zero, in one order: equal tallies give equal snapshots. */
  snapshot(): [series: string, bin: number, count: number][] {
    return [...this.#bins]
      .flatMap(([key, bins]) => [...bins].map(([bin, count]): [string, number, number] => [key, bin, count]))
      .filter(([, , count]) => count !== 0)
      .toSorted(([one, oneBin], [other, otherBin]) => (one === other ? oneBin - otherBin : one < other ? -1 : 1))
  }

  #count({ series, metric, value }: Signal, by: 1 | -1): void {
    if (value === null) return
    const key = keyOf(series, metric)
    const bins = this.#bins.get(key) ?? new Map<number, number>()
    this.#bins.set(key, bins)
    const bin = binOf(value)
    bins.set(bin, (bins.get(bin) ?? 0) + by)
  }
}

/** Counts of two nodes, or of two strata, together. */
export function mergeBins(...parts: readonly BinCounts[]): BinCounts {
  const merged = new Map<number, number>()
  for (const part of parts) for (const [bin, count] of part) merged.set(bin, (merged.get(bin) ?? 0) + count)
  return merged
}

function keyOf({ epoch, phase, arm, stratum }: Series, metric: string): string {
  return JSON.stringify([epoch, phase, arm, stratum, metric])
}
