import type { BudgetSetting } from '@paddock/contract/budgets'
import { describe, expect, it } from 'vitest'
import { openBudgetedBooks, spendOf, type BudgetedBooks } from '../../../../tests/stand-ins/budgeted-books.ts'
import { MovingClock } from '../../../../tests/stand-ins/moving-clock.ts'
import { entryFor, intentOf, money, NOON } from '../../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../../tests/stand-ins/temp-folder.ts'
import { seeded, type Seeded } from '../../../../tests/seed.ts'
import { isoInstant } from '../../base/clock.ts'
import { formatPico, parsePico, type Pico } from '../../money/fixed-point.ts'
import type { Entry } from '../entry.ts'
import type { Spend } from './budgets.ts'
import { Hold } from './hold.ts'
import { readBudgetRules } from './rules.ts'
import { stretchOf } from './tally.ts'
import { readWindow } from './window.ts'

const HOUR = 3_600_000
const UNIT = 1_000_000_000_000n

const daily = (changes: Partial<BudgetSetting> = {}): BudgetSetting => ({
  scope: 'key',
  amount: '10 CNY',
  window: 'day',
  ...changes,
})

/** One request from hold to entry: charged in full what was held, unless a test says less. */
async function spend(
  opened: BudgetedBooks,
  id: string,
  more: { at: number; held: bigint; charged?: bigint } & Partial<Spend>,
) {
  const { held, charged = held, ...changes } = more
  const asked = spendOf(changes)
  const hold = await opened.hold(id, asked, held)
  if (!(hold instanceof Hold)) return hold
  await settle(opened, id, { asked, charged })
  return hold
}

async function settle(
  opened: BudgetedBooks,
  id: string,
  { asked, charged }: { asked: Spend; charged: bigint },
): Promise<Entry> {
  const [provider = '', model = ''] = asked.models[0]?.split('/') ?? []
  const of = {
    at: isoInstant(asked.at),
    organisation_id: asked.organisation.id,
    team_id: asked.team.id,
    key_id: asked.key.id,
    end_user: asked.endUser,
    provider,
    model,
  }
  const amount = money(formatPico(charged as Pico), 'CNY')
  const entry = entryFor(id, { ...of, cost: amount, charge: amount })
  await opened.books.intend(intentOf(id, of))
  await opened.books.settle(entry)
  return entry
}

async function shown(opened: BudgetedBooks, asked: Spend): Promise<string[]> {
  const records = opened.books.budgets.show(await opened.known(asked))
  return records.map(({ scope, window, spent, held }) => `${scope} ${window}: ${Number(spent)} + ${Number(held)}`)
}

describe('holds', () => {
  it('[B28] are taken in all budgets of a request or in none', async () => {
    using folder = tempFolder()
    const settings = [daily(), daily({ scope: 'team', amount: '5 CNY' }), daily({ scope: 'model', amount: '100 CNY' })]
    await using opened = await openBudgetedBooks(settings, { folder: folder.path, clock: new MovingClock(NOON) })
    const asked = spendOf({ at: NOON })
    const short = await opened.hold('a', asked, 6n * UNIT)
    expect(short).toMatchObject({ budget: { scope: 'team' }, needed: 6n * UNIT, spent: 0n, held: 0n })
    expect(await shown(opened, asked)).toEqual(['team day: 0 + 0', 'key day: 0 + 0', 'model day: 0 + 0'])
    await opened.hold('b', asked, 5n * UNIT)
    expect(await shown(opened, asked)).toEqual(['team day: 0 + 5', 'key day: 0 + 5', 'model day: 0 + 5'])
  })

  it('[B28] of many that ask at once never come to more than the budget', async () => {
    using folder = tempFolder()
    await using opened = await openBudgetedBooks([daily()], { folder: folder.path, clock: new MovingClock(NOON) })
    const asked = Array.from({ length: 200 }, (_, each) => opened.hold(`r${each}`, spendOf({ at: NOON }), UNIT))
    const held = (await Promise.all(asked)).filter((each) => each instanceof Hold)
    expect(held).toHaveLength(10)
  })

  it('[B29] end in the instant their entry is durable, or when they are given back, and only once', async () => {
    using folder = tempFolder()
    await using opened = await openBudgetedBooks([daily()], { folder: folder.path, clock: new MovingClock(NOON) })
    const asked = spendOf({ at: NOON })
    const hold = await spend(opened, 'a', { at: NOON, held: 4n * UNIT, charged: UNIT })
    expect(await shown(opened, asked)).toEqual(['key day: 1 + 0'])
    const other = await opened.hold('b', asked, 9n * UNIT)
    for (const each of [hold, other, other]) if (each instanceof Hold) each.end()
    expect(await shown(opened, asked)).toEqual(['key day: 1 + 0'])
  })

  it('[B28] tells of a request that costs more than was held for it, and counts all of it', async () => {
    using folder = tempFolder()
    await using opened = await openBudgetedBooks([daily({ alerts: [] })], {
      folder: folder.path,
      clock: new MovingClock(NOON),
    })
    await spend(opened, 'a', { at: NOON, held: UNIT, charged: 12n * UNIT })
    expect(opened.events).toMatchObject([
      { kind: 'budget_over_hold', requestId: 'a', budget: { spent: '12.000000000000' } },
    ])
    expect(await shown(opened, spendOf({ at: NOON }))).toEqual(['key day: 12 + 0'])
  })
})

describe('windows', () => {
  it('[B31] count a request where it was accepted, however late it ends', async () => {
    using folder = tempFolder()
    const clock = new MovingClock(Date.parse('2024-05-31T15:59:00Z'))
    const settings = [daily({ window: 'month', zone: 'Asia/Shanghai' })]
    await using opened = await openBudgetedBooks(settings, { folder: folder.path, clock })
    const may = spendOf({ at: clock.now() })
    await opened.hold('a', may, 8n * UNIT)
    clock.advance(2 * 60_000)
    const june = spendOf({ at: clock.now() })
    expect(await opened.hold('b', june, 8n * UNIT)).toBeInstanceOf(Hold)
    await settle(opened, 'a', { asked: may, charged: 7n * UNIT })
    expect([await shown(opened, may), await shown(opened, june)]).toEqual([['key month: 7 + 0'], ['key month: 0 + 8']])
  })

  it('[B31] let what was spent go when a rolling one has moved on', async () => {
    using folder = tempFolder()
    const clock = new MovingClock(NOON)
    await using opened = await openBudgetedBooks([daily({ window: '5h' })], { folder: folder.path, clock })
    await spend(opened, 'a', { at: NOON, held: 6n * UNIT })
    clock.advance(5 * HOUR)
    expect(await shown(opened, spendOf({ at: clock.now() }))).toEqual(['key 5h: 6 + 0'])
    clock.advance(2 * 60_000)
    expect(await shown(opened, spendOf({ at: clock.now() }))).toEqual(['key 5h: 0 + 0'])
  })

  it('[B31] are right again after the clock was put on and back, and holds stay', async () => {
    using folder = tempFolder()
    const clock = new MovingClock(NOON)
    const settings = [daily({ window: '5h' }), daily({ window: 'day' })]
    await using opened = await openBudgetedBooks(settings, { folder: folder.path, clock })
    await spend(opened, 'a', { at: NOON, held: 3n * UNIT })
    const running = await opened.hold('b', spendOf({ at: NOON }), 2n * UNIT)
    clock.advance(48 * HOUR)
    expect(await shown(opened, spendOf({ at: clock.now() }))).toEqual(['key 5h: 0 + 2', 'key day: 0 + 0'])
    clock.advance(-48 * HOUR)
    expect(await shown(opened, spendOf({ at: NOON }))).toEqual(['key 5h: 3 + 2', 'key day: 3 + 2'])
    if (running instanceof Hold) running.end()
    expect(await shown(opened, spendOf({ at: NOON }))).toEqual(['key 5h: 3 + 0', 'key day: 3 + 0'])
  })
})

describe('rules', () => {
  it('[B32] let a named budget, and one of the key itself, take the place of everyone’s of the same window', async () => {
    using folder = tempFolder()
    const settings = [
      daily(),
      daily({ name: 'laptop', amount: '50 CNY' }),
      daily({ window: 'month', amount: '70 CNY' }),
    ]
    await using opened = await openBudgetedBooks(settings, { folder: folder.path, clock: new MovingClock(NOON) })
    const amounts = async (changes: Partial<Spend>) =>
      opened.books.budgets
        .show(await opened.known(spendOf({ at: NOON, ...changes })))
        .map(({ amount, window }) => `${Number(amount)} ${window}`)
    expect(await amounts({})).toEqual(['50 day', '70 month'])
    expect(await amounts({ key: { id: 'key-2', name: 'other' } })).toEqual(['10 day', '70 month'])
    const own = { amount: '3 CNY', window: 'month' }
    expect(await amounts({ key: { id: 'key-2', name: 'other' }, own })).toEqual(['3 month', '10 day'])
  })

  it('[B31] count in the days of the server’s zone where they name none', () => {
    const rules = readBudgetRules([daily(), daily({ zone: 'UTC' })], 'Asia/Shanghai')
    expect(rules.all.map(({ window }) => window.zone)).toEqual(['Asia/Shanghai', 'UTC'])
  })

  it('[B32] that change keep what was spent and held', async () => {
    using folder = tempFolder()
    await using opened = await openBudgetedBooks([daily()], { folder: folder.path, clock: new MovingClock(NOON) })
    const asked = spendOf({ at: NOON })
    await spend(opened, 'a', { at: NOON, held: 4n * UNIT })
    await opened.hold('b', asked, 2n * UNIT)
    opened.change([
      daily({ amount: '6 CNY' }),
      daily({ scope: 'team', window: 'week' }),
      daily({ scope: 'key', window: '24h' }),
    ])
    expect(await shown(opened, asked)).toEqual(['team week: 4 + 0', 'key day: 4 + 2', 'key 24h: 4 + 0'])
    expect(await opened.hold('c', asked, 1n)).toMatchObject({ budget: { window: { text: 'day' } } })
    opened.change([])
    expect(await opened.known(asked)).toEqual([])
    opened.change([daily()])
    expect(await shown(opened, asked)).toEqual(['key day: 4 + 2'])
  })

  it('[B33] count another currency at its present worth, and not where nobody says it', async () => {
    using folder = tempFolder()
    let worth: bigint | null = 7n
    const convert = (amount: Pico, { from, to }: { from: string; to: string }): Pico | null =>
      from === to ? amount : worth === null ? null : ((amount * worth) as Pico)
    const clock = new MovingClock(NOON)
    await using opened = await openBudgetedBooks([daily({ amount: '100 USD' })], {
      folder: folder.path,
      clock,
      convert,
    })
    await spend(opened, 'a', { at: NOON, held: 4n * UNIT })
    expect(await shown(opened, spendOf({ at: NOON }))).toEqual(['key day: 28 + 0'])
    worth = null
    expect(await shown(opened, spendOf({ at: NOON }))).toEqual(['key day: 0 + 0'])
  })
})

describe('alerts', () => {
  const told = ({ events }: BudgetedBooks): number[] =>
    events.flatMap((event) => (event.kind === 'budget_threshold' ? [event.percent] : []))

  it('[B35] tell each threshold once in a window, of soft budgets and hard ones', async () => {
    using folder = tempFolder()
    const clock = new MovingClock(NOON)
    await using opened = await openBudgetedBooks([daily({ hard: false })], { folder: folder.path, clock })
    const one = (id: string): Promise<unknown> => spend(opened, id, { at: clock.now(), held: 3n * UNIT })
    const after: number[][] = []
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await one(id)
      after.push(told(opened))
    }
    expect(after).toEqual([[], [50], [50, 80], [50, 80, 100], [50, 80, 100]])
    clock.advance(24 * HOUR)
    for (const id of ['f', 'g']) await one(id)
    expect(told(opened)).toEqual([50, 80, 100, 50])
  })

  it('[B35] are not told again by a restart, nor of a rolling window that goes up and down within its length', async () => {
    using folder = tempFolder()
    const clock = new MovingClock(NOON)
    const settings = [daily({ window: '10h', alerts: [50] })]
    {
      await using opened = await openBudgetedBooks(settings, { folder: folder.path, clock })
      await spend(opened, 'a', { at: NOON, held: 4n * UNIT })
      clock.advance(9 * HOUR)
      await spend(opened, 'b', { at: clock.now(), held: UNIT })
      expect(told(opened)).toEqual([50])
      clock.advance(2 * HOUR)
      await spend(opened, 'c', { at: clock.now(), held: 5n * UNIT })
      expect(told(opened)).toEqual([50])
    }
    await using again = await openBudgetedBooks(settings, { folder: folder.path, clock })
    await spend(again, 'd', { at: clock.now(), held: UNIT })
    expect(told(again)).toEqual([])
  })
})

describe('what is spent', () => {
  const SETTINGS: readonly BudgetSetting[] = [
    { scope: 'organisation', amount: '900 CNY', window: 'month', zone: 'Asia/Kathmandu' },
    { scope: 'team', amount: '700 CNY', window: 'week', zone: 'Europe/Berlin' },
    { scope: 'team', amount: '200 CNY', window: '30d' },
    { scope: 'key', amount: '60 CNY', window: 'day' },
    { scope: 'key', amount: '30 CNY', window: '5h' },
    { scope: 'end_user', amount: '40 CNY', window: 'day', zone: 'America/New_York' },
    { scope: 'model', amount: '300 CNY', window: '7d' },
  ]

  function randomSpend(random: Seeded, at: number): Spend {
    const key = random.pick(['key-1', 'key-2', 'key-3'])
    return spendOf({
      at,
      key: { id: key, name: key },
      team: random.pick([
        { id: 'team', name: 'search' },
        { id: 'other', name: 'other' },
      ]),
      endUser: random.pick([null, 'ann', 'bob']),
      models: [random.pick(['lab/small', 'lab/large'])],
    })
  }

  /** What a bound should say, added up here from the entries themselves. */
  function expected(
    { tally }: Awaited<ReturnType<BudgetedBooks['known']>>[number],
    entries: readonly Entry[],
    at: number,
  ): bigint {
    const { scope, id } = tally.subject
    const { from, to } = stretchOf(readWindow(tally.window.text, tally.window.zone), at)
    const owner = { organisation: 'organisation_id', team: 'team_id', key: 'key_id', end_user: 'end_user' } as const
    return entries
      .filter((entry) => (scope === 'model' ? `${entry.provider}/${entry.model}` : entry[owner[scope]]) === id)
      .filter((entry) => Date.parse(entry.at) >= from && Date.parse(entry.at) < to)
      .reduce((sum, { charge }) => sum + (parsePico(charge.amount ?? '') ?? 0n), 0n)
  }

  it(
    '[B30] [B28] is what the books say, while many spend, give up and change the rules, and after a start',
    { timeout: 120_000 },
    async () => {
      const random = seeded()
      const message = `seed ${random.seed}`
      using folder = tempFolder()
      const clock = new MovingClock(NOON)
      const entries: Entry[] = []
      const check = async (opened: BudgetedBooks): Promise<void> => {
        const at = clock.now()
        for (const bound of await opened.known(randomSpend(random, at))) {
          const sum = [...bound.tally.spent(at).values()].reduce((total, each) => total + each, 0n)
          expect(sum, message).toBe(expected(bound, entries, at))
        }
      }
      for (let start = 0; start < 3; start += 1) {
        await using opened = await openBudgetedBooks(SETTINGS, { folder: folder.path, clock })
        const client = async (name: string): Promise<void> => {
          for (let count = 0; count < 25; count += 1) {
            const id = `${start}-${name}-${count}`
            const asked = randomSpend(random, clock.now())
            const held = BigInt(random.between(1, 4_000_000)) * 1_000_003n
            const hold = await opened.hold(id, asked, held)
            if (random.below(8) === 0) opened.change(SETTINGS.filter(() => random.below(3) > 0))
            if (random.below(10) === 0) clock.advance(random.between(-2, 8) * HOUR)
            if (!(hold instanceof Hold)) continue
            for (const { tally, budgets } of hold.bounds) {
              const spent = [...tally.spent(clock.now()).values()].reduce((total, each) => total + each, 0n)
              expect(spent + tally.held <= (budgets[0]?.limit ?? 0n), message).toBe(true)
            }
            if (random.below(4) === 0) hold.end()
            else entries.push(await settle(opened, id, { asked, charged: held / BigInt(random.between(1, 3)) }))
          }
        }
        await Promise.all(Array.from({ length: 8 }, (_, name) => client(`c${name}`)))
        opened.change(SETTINGS)
        for (let each = 0; each < 30; each += 1) await check(opened)
        const bounds = await opened.known(randomSpend(random, clock.now()))
        expect(
          bounds.map(({ tally }) => tally.held),
          message,
        ).toEqual(bounds.map(() => 0n))
      }
      expect(entries.length, message).toBeGreaterThan(150)
    },
  )
})
