import type { BudgetRecord, BudgetScope, KeyBudgetSetting } from '@paddock/contract/budgets'
import type { Clock } from '../../base/clock.ts'
import type { PaddockError } from '../../base/errors.ts'
import type { Pico } from '../../money/fixed-point.ts'
import { floorTo } from '../../prices/zone.ts'
import type { Entry } from '../entry.ts'
import type { OnBooksEvent } from '../event.ts'
import { alertsOf } from './alerts.ts'
import { readKeyBudget, type Budget } from './budget.ts'
import type { Charged } from './charged.ts'
import { Hold, type Bound, type Convert, type Short } from './hold.ts'
import { budgetRecord } from './record.ts'
import { refusalOf } from './refusals.ts'
import type { BudgetRules, Named } from './rules.ts'
import { subjectName, subjectNames, type Spender, type Subject } from './subject.ts'
import { chargeOf, Tally, tallyName } from './tally.ts'

/** A request as far as budgets go. */
export type Spend = Spender & {
  /** When it was accepted, in milliseconds since 1970: the window that counts is the one of then, however late it ends. */
  readonly at: number
  /** The budget that is stored with its key. */
  readonly own: KeyBudgetSetting | null
  /** Every `provider/model` it may be sent to. */
  readonly models: readonly string[]
}

/** Who may spend how much. The one place that decides: everything it says is of one moment. */
export type Budgets = {
  /** Whether there is any budget that a request with this key could count in. */
  any(own: KeyBudgetSetting | null): boolean
  /** The budgets a request counts in; none for most. */
  bounds(spend: Spend): readonly Bound[]
  /** Null when all that was spent in them is known; else resolves when it is, and bounds have to be asked for anew. */
  loading(bounds: readonly Bound[]): Promise<unknown> | null
  /** A hold of nothing, to be raised. It ends with the entry of the request, or when it is told to. */
  open(id: string, bounds: readonly Bound[]): Hold
  /** What a request is told whose hold cannot be raised. */
  refusal(short: Short): PaddockError
  convert: Convert
  /** How they stand, as far as they are known. */
  show(bounds: readonly Bound[]): readonly BudgetRecord[]
  /** To be told of every entry, when it is durable: its charge is spent and its hold ends in the same instant. */
  settled(entry: Entry): void
}

export type BudgetsParts = {
  readonly clock: Clock
  /** The rules in force: they may be replaced while requests run. */
  readonly rules: () => BudgetRules
  readonly convert: Convert
  /** What the books have, and which of these requests are in it. */
  readonly charged: (query: Tally['query'], ids: () => Iterable<string>) => Promise<ChargedSoFar>
  readonly onEvent: OnBooksEvent
}

/** Everything that was charged by a moment, and which of the entries that were asked about is among it. */
export type ChargedSoFar = { readonly charges: readonly Charged[]; readonly included: ReadonlySet<string> }

/** More are not kept in memory: what is not in use is built again from the books when it is. */
const TALLIES_MAX = 20_000
const RETRY_SECONDS_MAX = 60
const NONE: readonly Bound[] = []

export function openBudgets(parts: BudgetsParts): Budgets {
  return new RunningBudgets(parts)
}

class RunningBudgets implements Budgets {
  readonly convert: Convert
  readonly #parts: BudgetsParts
  readonly #tallies = new Map<string, Tally>()
  readonly #bySubject = new Map<string, Set<Tally>>()
  readonly #holds = new Map<string, Hold>()
  /** How long holds last lately, in milliseconds. */
  #holdMs = 1_000

  constructor(parts: BudgetsParts) {
    this.#parts = parts
    this.convert = parts.convert
  }

  any(own: KeyBudgetSetting | null): boolean {
    return own !== null || this.#parts.rules().all.length > 0
  }

  bounds({ at, own: stored, models, organisation, team, key, endUser }: Spend): readonly Bound[] {
    if (!this.any(stored)) return NONE
    const rules = this.#parts.rules()
    const own = stored === null ? [] : [readKeyBudget(stored, { key: key.id, zone: rules.zone })]
    const bounds = new Map<string, Bound>()
    const add = (scope: BudgetScope, named: Named, model: string | null = null): void => {
      const subject = { scope, id: named.id, organisation: organisation.id }
      for (const budget of [...rules.of(scope, named, scope === 'key' ? own : []), ...rules.enteredFor(subject)]) {
        const name = tallyName(subject, budget, at)
        const tally = bounds.get(name)?.tally ?? this.#tally(name, { subject, budget, at })
        const budgets = [...(bounds.get(name)?.budgets ?? []), budget]
        bounds.set(name, { tally, budgets, name: named.name, model })
      }
    }
    add('organisation', organisation)
    add('team', team)
    add('key', key)
    if (endUser !== null) add('end_user', { id: endUser, name: endUser })
    for (const model of new Set(models)) add('model', { id: model, name: model }, model)
    return [...bounds.values()]
  }

  loading(bounds: readonly Bound[]): Promise<unknown> | null {
    const waits = bounds.map(({ tally }) => tally.loading).filter((each) => each !== null)
    return waits.length === 0 ? null : Promise.all(waits)
  }

  open(id: string, bounds: readonly Bound[]): Hold {
    const since = this.#parts.clock.elapsed()
    const hold = new Hold(
      bounds,
      (tally, currency) => this.#spentIn(tally, currency),
      () => {
        this.#holds.delete(id)
        this.#holdMs += (this.#parts.clock.elapsed() - since - this.#holdMs) / 8
      },
    )
    this.#holds.set(id, hold)
    return hold
  }

  refusal(short: Short): PaddockError {
    const retryAfterSeconds = Math.min(RETRY_SECONDS_MAX, 1 + floorTo(this.#holdMs, 1_000) / 1_000)
    return refusalOf(short, { at: this.#parts.clock.now(), retryAfterSeconds })
  }

  show(bounds: readonly Bound[]): readonly BudgetRecord[] {
    const at = this.#parts.clock.now()
    return bounds.flatMap(({ tally, budgets, name }) =>
      budgets.map((budget) => {
        const spent = this.#spentIn(tally, budget.currency)
        return budgetRecord(budget, { id: tally.subject.id, name, spent, held: tally.held, at })
      }),
    )
  }

  settled(entry: Entry): void {
    const hold = this.#holds.get(entry.id)
    if (this.#tallies.size > 0) this.#note(entry)
    hold?.end()
    if (hold) for (const event of alertsOf(entry, hold, this.#told())) this.#parts.onEvent(event)
  }

  #note(entry: Entry): void {
    const charge = chargeOf(entry)
    if (charge === null) return
    for (const name of subjectNames(entry)) {
      for (const tally of this.#bySubject.get(name) ?? []) {
        if (tally.loading === null) tally.add(charge)
        else tally.meanwhile.push(entry)
      }
    }
  }

  #told() {
    const { clock, convert } = this.#parts
    return { at: clock.now(), convert, spentIn: (tally: Tally, currency: string) => this.#spentIn(tally, currency) }
  }

  /** Other currencies count at what they are worth now; where that is unknown, they do not count. */
  #spentIn(tally: Tally, currency: string): bigint {
    const at = this.#parts.clock.now()
    let total = 0n
    for (const [from, amount] of tally.spent(at))
      total += this.convert(amount as Pico, { from, to: currency, at }) ?? 0n
    return total
  }

  #tally(name: string, { subject, budget, at }: { subject: Subject; budget: Budget; at: number }): Tally {
    const known = this.#tallies.get(name)
    if (known) return this.#current(name, known)
    if (this.#tallies.size >= TALLIES_MAX) this.#forgetIdle()
    const tally = new Tally(subject, budget, at)
    this.#tallies.set(name, tally)
    const owner = subjectName(subject)
    this.#bySubject.set(owner, (this.#bySubject.get(owner) ?? new Set()).add(tally))
    this.#startLoading(name, tally)
    return tally
  }

  #current(name: string, tally: Tally): Tally {
    const now = this.#parts.clock.now()
    if (tally.loading !== null || tally.covers(now)) return tally
    tally.restart(now)
    this.#startLoading(name, tally)
    return tally
  }

  /** Where the books cannot be read, requests fail that they were to be read for, and the next one tries again. */
  #startLoading(name: string, tally: Tally): void {
    tally.loading = this.#load(tally).catch((failure: unknown) => {
      this.#forget(name, tally)
      throw failure
    })
  }

  async #load(tally: Tally): Promise<void> {
    const { meanwhile, query } = tally
    const { charges, included } = await this.#parts.charged(query, () => meanwhile.map(({ id }) => id))
    const late = meanwhile.splice(0).filter(({ id }) => !included.has(id))
    for (const charge of [...charges, ...late.map(chargeOf)]) if (charge !== null) tally.add(charge)
    tally.loading = null
  }

  #forgetIdle(): void {
    const inUse = new Set([...this.#holds.values()].flatMap(({ bounds }) => bounds.map(({ tally }) => tally)))
    for (const [name, tally] of this.#tallies) {
      if (!inUse.has(tally) && tally.loading === null) this.#forget(name, tally)
      if (this.#tallies.size <= TALLIES_MAX / 2) return
    }
  }

  #forget(name: string, tally: Tally): void {
    if (this.#tallies.get(name) === tally) this.#tallies.delete(name)
    const owner = subjectName(tally.subject)
    const tallies = this.#bySubject.get(owner)
    tallies?.delete(tally)
    if (tallies?.size === 0) this.#bySubject.delete(owner)
  }
}
