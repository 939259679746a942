import type { BudgetSetting } from '@paddock/contract/budgets'
import { describe, expect, it } from 'vitest'
import { spendOf } from '../../../../tests/stand-ins/budgeted-books.ts'
import { MovingClock } from '../../../../tests/stand-ins/moving-clock.ts'
import { entryFor, money } from '../../../../tests/stand-ins/samples.ts'
import { seeded, type Seeded } from '../../../../tests/seed.ts'
import { isoInstant } from '../../base/clock.ts'
import { formatPico, type Pico } from '../../money/fixed-point.ts'
import type { BooksEvent } from '../event.ts'
import { openBudgets, type Budgets, type Spend } from './budgets.ts'
import type { Charged } from './charged.ts'
import { convertNothing, type Hold } from './hold.ts'
import { readBudgetRules } from './rules.ts'
import { rollingFrom } from './window.ts'

/**
 * A hundred thousand steps of holding, extending, settling, giving up, waiting, clocks put on and back, and crashes, beside
 * a ledger that does the same by adding up. It finds windows by the dates that the platform's own calendar writes.
 */

const STEPS = 100_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const ROLLING = 5 * HOUR
const UNIT = 1_000_000_000_000n

type Limit = {
  readonly setting: BudgetSetting
  readonly limit: bigint
  ownerOf(spend: Spend): string | null
  /** What tells the window of an instant; empty for a rolling one. */
  windowOf(at: number): string
}

function dateIn(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (at) => format.format(at)
}

function weekIn(zone: string): (at: number) => string {
  const dateOf = dateIn(zone)
  return (at) => {
    const date = new Date(`${dateOf(at)}T00:00:00Z`)
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
    return date.toISOString().slice(0, 10)
  }
}

function limitOf(setting: Omit<BudgetSetting, 'amount' | 'alerts'>, units: number, windowOf: Limit['windowOf']): Limit {
  return {
    setting: { ...setting, amount: `${units} CNY`, alerts: [] },
    limit: BigInt(units) * UNIT,
    ownerOf: ({ key, team, endUser }) => ({ key: key.id, team: team.id, end_user: endUser })[setting.scope as 'key'],
    windowOf,
  }
}

const kathmandu = dateIn('Asia/Kathmandu')
const LIMITS: readonly Limit[] = [
  limitOf({ scope: 'key', window: 'day', zone: 'Europe/Berlin' }, 60, dateIn('Europe/Berlin')),
  limitOf({ scope: 'key', window: '5h' }, 40, () => ''),
  limitOf({ scope: 'team', window: 'week', zone: 'America/New_York' }, 400, weekIn('America/New_York')),
  limitOf({ scope: 'team', window: 'month', zone: 'Asia/Kathmandu' }, 1_500, (at) => kathmandu(at).slice(0, 7)),
  limitOf({ scope: 'end_user', window: 'day', zone: 'UTC' }, 50, dateIn('UTC')),
]

type Open = { readonly spend: Spend; readonly hold: Hold; held: bigint }

/** What was spent and is held, added up without any of the code that is tested. */
class Reference {
  readonly #sums = new Map<string, bigint>()
  readonly #steps = new Map<string, Map<number, bigint>>()

  fits(spend: Spend, more: bigint, now: number): boolean {
    return LIMITS.every((limit) => {
      const { spent, held } = this.of(limit, spend, now)
      return limit.ownerOf(spend) === null || spent + held + more <= limit.limit
    })
  }

  of(limit: Limit, spend: Spend, now: number): { spent: bigint; held: bigint } {
    const name = nameOf(limit, spend)
    return {
      spent: limit.setting.window === '5h' ? this.#rolling(name, now) : (this.#sums.get(`spent ${name}`) ?? 0n),
      held: this.#sums.get(`held ${name}`) ?? 0n,
    }
  }

  hold(spend: Spend, more: bigint): void {
    for (const limit of LIMITS) this.#add(`held ${nameOf(limit, spend)}`, more)
  }

  spend(spend: Spend, charge: bigint): void {
    for (const limit of LIMITS) {
      const name = nameOf(limit, spend)
      this.#add(`spent ${name}`, charge)
      if (limit.setting.window !== '5h') continue
      const steps = this.#steps.get(name) ?? new Map<number, bigint>()
      this.#steps.set(name, steps.set(spend.at, (steps.get(spend.at) ?? 0n) + charge))
    }
  }

  #rolling(name: string, now: number): bigint {
    const from = rollingFrom(ROLLING, now)
    let sum = 0n
    const steps = this.#steps.get(name) ?? new Map<number, bigint>()
    for (const [at, charge] of steps) {
      if (at >= from) sum += charge
      // The clock is never put back so far.
      else if (at < from - 3 * DAY) steps.delete(at)
    }
    return sum
  }

  #add(name: string, more: bigint): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0n) + more)
  }
}

const names = new WeakMap<Spend, Map<Limit, string>>()

/** Remembered: a calendar is slow to ask. */
function nameOf(limit: Limit, spend: Spend): string {
  const known = names.get(spend) ?? new Map<Limit, string>()
  names.set(spend, known)
  const name = known.get(limit) ?? writeName(limit, spend)
  known.set(limit, name)
  return name
}

function writeName(limit: Limit, spend: Spend): string {
  const { scope, window } = limit.setting
  return `${scope} ${window} ${limit.ownerOf(spend)} ${limit.windowOf(spend.at)}`
}

class World {
  readonly random: Seeded
  /** Into the night in which clocks in Berlin are put on; New York's were already. */
  readonly clock = new MovingClock(Date.parse('2024-03-30T20:00:00Z'))
  readonly reference = new Reference()
  /** The books: what was charged, by whom it was charged to. */
  readonly #booked = new Map<string, (Charged & { readonly id: string })[]>()
  readonly open = new Map<string, Open>()
  readonly events: BooksEvent[] = []
  readonly counts: Record<string, number> = {}
  /** Told of each request that cost more than was held for it. */
  overHold = 0
  #budgets: Budgets
  #asked = 0
  #off = 0
  readonly #isHonest: boolean

  constructor(random: Seeded, isHonest: boolean) {
    this.random = random
    this.#isHonest = isHonest
    this.#budgets = this.#start()
  }

  async step(): Promise<void> {
    const dice = this.random.below(4_000)
    if (dice < 1_700) return this.#hold()
    if (dice < 2_500) return this.#extend()
    if (dice < 3_400)
      return this.#count(
        'settled',
        this.#end(this.#any(), (each) => this.#settle(...each)),
      )
    if (dice < 3_720)
      return this.#count(
        'given up',
        this.#end(this.#any(), (each) => this.#giveUp(...each)),
      )
    if (dice < 3_997) return this.#wait()
    if (dice < 3_999) return this.#jump()
    this.#crash()
  }

  /** Everything a request is under says what the reference says. */
  async check(message: string): Promise<void> {
    const spend = this.#randomSpend()
    for (const bound of await this.#known(spend)) {
      const limit = LIMITS.find(
        ({ setting }) => setting.scope === bound.tally.subject.scope && setting.window === bound.tally.window.text,
      ) as Limit
      const { spent, held } = this.reference.of(limit, spend, this.clock.now())
      const found = bound.tally.spent(this.clock.now()).get('CNY') ?? 0n
      // A rolling window that the clock was put back in has more behind it than it had when it was spent.
      const isOver = this.#isHonest && limit.setting.window !== '5h' && found + held > limit.limit
      if (found !== spent || bound.tally.held !== held || isOver)
        expect({ found, held: bound.tally.held, isOver }, `${nameOf(limit, spend)}, ${message}`).toEqual({
          found: spent,
          held,
          isOver: false,
        })
    }
  }

  endAll(): void {
    for (const each of this.open) this.#settle(...each)
  }

  #start(): Budgets {
    const rules = readBudgetRules(LIMITS.map(({ setting }) => setting))
    return openBudgets({
      clock: this.clock,
      rules: () => rules,
      convert: convertNothing,
      charged: ({ subject, from, to }) => {
        const own = (this.#booked.get(subject.id) ?? []).filter(({ at }) => at >= from && at < to)
        return Promise.resolve({ charges: own, included: new Set(own.map(({ id }) => id)) })
      },
      onEvent: (event) => this.events.push(event),
    })
  }

  async #known(spend: Spend): ReturnType<Budgets['bounds']> extends infer Bounds ? Promise<Bounds> : never {
    let bounds = this.#budgets.bounds(spend)
    for (let loading = this.#budgets.loading(bounds); loading; loading = this.#budgets.loading(bounds)) {
      await loading
      bounds = this.#budgets.bounds(spend)
    }
    return bounds
  }

  async #hold(): Promise<void> {
    const spend = this.#randomSpend()
    const amount = this.#amount()
    const bounds = await this.#known(spend)
    const id = `r${(this.#asked += 1)}`
    const hold = this.#budgets.open(id, bounds)
    if (!this.#raised({ spend, hold, held: 0n }, amount)) return hold.end()
    this.open.set(id, { spend, hold, held: amount })
  }

  async #extend(): Promise<void> {
    const open = this.#any()?.[1]
    if (open === undefined) return
    // A rolling window that the clock was put back in is read anew.
    await this.#known(open.spend)
    const more = this.#amount()
    if (this.#raised(open, open.held + more)) open.held += more
  }

  /** Refused where the reference has no room, and only there. */
  #raised({ spend, hold, held }: Open, to: bigint): boolean {
    const expected = this.reference.fits(spend, to - held, this.clock.now())
    const found = hold.raise(hold.bounds.map(() => to)) === null
    if (found !== expected)
      throw new Error(`a hold was ${found ? 'granted' : 'refused'} wrongly (seed ${this.random.seed})`)
    if (found) this.reference.hold(spend, to - held)
    this.#count(found ? 'held' : 'refused', true)
    return found
  }

  #settle(id: string, { spend, held }: Open): void {
    const isOver = !this.#isHonest && this.random.below(20) === 0
    const charge = isOver ? held + this.#amount() : (held * BigInt(this.random.below(101))) / 100n
    if (isOver && charge > held) this.overHold += 1
    this.#book(id, spend, charge)
    this.reference.hold(spend, -held)
    this.open.delete(id)
  }

  #giveUp(id: string, { spend, hold, held }: Open): void {
    hold.end()
    // Twice is once.
    hold.end()
    this.reference.hold(spend, -held)
    this.open.delete(id)
  }

  /** What was in flight is charged as it was held, as the next start of a server does. */
  #crash(): void {
    this.#count('crashed', true)
    const left = [...this.open]
    this.open.clear()
    this.#budgets = this.#start()
    for (const [id, { spend, held }] of left) {
      this.#book(id, spend, held)
      this.reference.hold(spend, -held)
    }
  }

  #book(id: string, spend: Spend, charge: bigint): void {
    const amount = money(formatPico(charge as Pico), 'CNY')
    const of = { at: isoInstant(spend.at), team_id: spend.team.id, key_id: spend.key.id, end_user: spend.endUser }
    const entry = entryFor(id, { ...of, charge: amount })
    for (const subject of [entry.key_id, entry.team_id, entry.end_user]) {
      if (subject === null) continue
      const known = this.#booked.get(subject) ?? []
      this.#booked.set(subject, known)
      known.push({ id, at: spend.at, currency: 'CNY', amount: charge as Pico })
    }
    this.reference.spend(spend, charge)
    this.#budgets.settled(entry)
  }

  #wait(): void {
    this.clock.advance(this.random.below(400_000))
  }

  /** Put on or back by an hour or a day, and not more than a day from where it should be. */
  #jump(): void {
    const jump = this.random.pick([-1, 1]) * this.random.pick([HOUR, DAY])
    if (Math.abs(this.#off + jump) > DAY) return
    this.#count('jumped', true)
    this.#off += jump
    this.clock.advance(jump)
  }

  #any(): readonly [string, Open] | null {
    if (this.open.size === 0) return null
    let left = this.random.below(this.open.size)
    for (const each of this.open) if (left-- === 0) return each
    return null
  }

  #end(each: readonly [string, Open] | null, how: (each: readonly [string, Open]) => void): boolean {
    if (each) how(each)
    return each !== null
  }

  #count(what: string, happened: boolean): void {
    if (happened) this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  #amount(): bigint {
    return BigInt(this.random.between(1, 300_000)) * 1_000_003n
  }

  #randomSpend(): Spend {
    const [key, team] = this.random.pick([
      ['key-1', 'search'],
      ['key-2', 'search'],
      ['key-3', 'other'],
    ] as const)
    return spendOf({
      at: this.clock.now(),
      key: { id: key, name: key },
      team: { id: team, name: team },
      endUser: this.random.pick([null, 'ann', 'bob']),
    })
  }
}

describe('budgets beside a ledger that only adds up', () => {
  it(`[B28] [B29] [B31] agree in each of ${STEPS} steps: none is spent beyond, none refused wrongly, none stays held`, async () => {
    const random = seeded()
    const message = `seed ${random.seed}`
    const world = new World(random, true)
    for (let step = 0; step < STEPS; step += 1) {
      await world.step()
      if (step % 8 === 0) await world.check(message)
    }
    world.endAll()
    for (let each = 0; each < 50; each += 1) await world.check(message)
    const { held = 0, refused = 0, settled = 0, crashed = 0, jumped = 0 } = world.counts
    expect(Math.min(held - 10_000, refused - 1_000, settled - 5_000, crashed - 5, jumped - 5), message).toBeGreaterThan(
      0,
    )
    expect(world.events.filter(({ kind }) => kind === 'budget_over_hold')).toEqual([])
  }, 60_000)

  it('[B28] tell of every request that a provider counted more for than it was asked', async () => {
    const random = seeded()
    const message = `seed ${random.seed}`
    const world = new World(random, false)
    for (let step = 0; step < STEPS / 10; step += 1) await world.step()
    await world.check(message)
    const told = world.events.flatMap((event) => (event.kind === 'budget_over_hold' ? [event.requestId] : []))
    expect(world.overHold, message).toBeGreaterThan(20)
    expect(new Set(told).size, message).toBe(world.overHold)
  }, 30_000)
})
