import { floorTo } from '../../prices/zone.ts'
import type { Entry } from '../entry.ts'
import { parsePico } from '../../money/fixed-point.ts'
import type { Budget } from './budget.ts'
import type { Charged, ChargedQuery } from './charged.ts'
import { subjectName, type Subject } from './subject.ts'
import { calendarSpan, rollingFrom, stepOf, type Window } from './window.ts'

/** Amounts in 1e-12, by currency: they never meet in a sum. */
export type Sums = ReadonlyMap<string, bigint>

/**
 * What one of a scope has spent in a window, exactly as the books have it, and what is held of it for running requests.
 * It is built from the books when it is first asked for, and from then on told of every entry.
 */
export class Tally {
  readonly subject: Subject
  /** What its budgets are written in, and what is held. */
  readonly currency: string
  readonly window: Window
  /** What running requests may cost at most. */
  held = 0n
  /** Percents of budgets that were told, by budget and percent, with the instant. */
  readonly told = new Map<string, number>()
  /** Resolves when it is as the books are; null once it is. */
  loading: Promise<void> | null = null
  /** Entries that were settled while it was loading. */
  readonly meanwhile: Entry[] = []
  readonly #steps = new Map<number, Map<string, bigint>>()
  readonly #sums = new Map<string, bigint>()
  #stretch: Omit<ChargedQuery, 'subject'>

  /** A calendar window is the one that `at` lies in, and stays so. */
  constructor(subject: Subject, { window, currency }: Pick<Budget, 'window' | 'currency'>, at: number) {
    this.subject = subject
    this.currency = currency
    this.window = window
    this.#stretch = stretchOf(window, at)
  }

  /** What to ask the books for. */
  get query(): ChargedQuery & { readonly subject: Subject } {
    return { subject: this.subject, ...this.#stretch }
  }

  /** Whether a rolling window has everything that counts now: it has not after the clock was put back. */
  covers(now: number): boolean {
    return this.window.kind === 'calendar' || rollingFrom(this.window.lengthMs, now) >= this.#stretch.from
  }

  /** To be built from the books once more. What is held stays held. */
  restart(now: number): void {
    this.#steps.clear()
    this.#sums.clear()
    this.#stretch = stretchOf(this.window, now)
  }

  /** Takes note of what was charged to a request that was accepted at an instant. */
  add({ at, currency, amount }: Charged): void {
    const { from, to, step: stepMs } = this.#stretch
    if (at < from || at >= to) return
    addTo(this.#sums, currency, amount)
    if (this.window.kind === 'calendar') return
    const step = floorTo(at, stepMs)
    const sums = this.#steps.get(step) ?? new Map<string, bigint>()
    this.#steps.set(step, sums)
    addTo(sums, currency, amount)
  }

  /** What counts as spent at an instant. */
  spent(at: number): Sums {
    if (this.window.kind === 'rolling') this.#forget(rollingFrom(this.window.lengthMs, at))
    return this.#sums
  }

  #forget(from: number): void {
    if (from <= this.#stretch.from) return
    this.#stretch = { ...this.#stretch, from }
    for (const [step, sums] of this.#steps) {
      if (step >= from) continue
      this.#steps.delete(step)
      for (const [currency, amount] of sums) addTo(this.#sums, currency, -amount)
    }
  }
}

/** Tallies of the same name are one: budgets that differ only in their amount share it. */
export function tallyName(subject: Subject, { window, currency }: Budget, at: number): string {
  const when = window.kind === 'calendar' ? calendarSpan(window.unit, window.zone, at).from : ''
  return `${subjectName(subject)} ${currency} ${window.text} ${window.zone} ${when}`
}

/** The charge of an entry; null where it has none. */
export function chargeOf({ at, charge }: Entry): Charged | null {
  const amount = charge.amount === null ? null : parsePico(charge.amount)
  return amount === null || charge.currency === null ? null : { at: Date.parse(at), currency: charge.currency, amount }
}

/** What a window is at an instant. */
export function stretchOf(window: Window, at: number): Omit<ChargedQuery, 'subject'> {
  if (window.kind === 'calendar') {
    const { from, to } = calendarSpan(window.unit, window.zone, at)
    return { from, to, step: to - from }
  }
  return { from: rollingFrom(window.lengthMs, at), to: FOR_EVER, step: stepOf(window.lengthMs) }
}

/** The last instant a Date can be. */
const FOR_EVER = 8_640_000_000_000_000

function addTo(sums: Map<string, bigint>, currency: string, amount: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + amount)
}
