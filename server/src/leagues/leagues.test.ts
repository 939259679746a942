import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Decimal } from '@paddock/contract/decimal'
import type { Entry } from '../books/entry.ts'
import { entryRow } from '../books/entry-row.ts'
import { seeded } from '../../../tests/seed.ts'
import { openStoredBooks, type StoredBooks } from '../../../tests/stand-ins/open-store.ts'
import { entryFor } from '../../../tests/stand-ins/samples.ts'
import { dayNumber } from './day.ts'
import { openLeagues, type Leagues } from './leagues.ts'
import { leaguesMigrations } from './tables.ts'

const DAY_MS = 86_400_000
const FIRST = dayNumber('2024-05-01')
const DAYS = 40
const MEMBERS = 2_000
const ENTRIES = 20_000
const random = seeded()
const title = `seed ${random.seed}`

let books: StoredBooks
let leagues: Leagues
let entries: Entry[]

beforeAll(async () => {
  books = await openStoredBooks()
  await books.store.migrate(leaguesMigrations)
  leagues = openLeagues({ store: books.store, zone: 'Asia/Shanghai' })
  entries = Array.from({ length: ENTRIES }, (_, index) => randomEntry(index))
  // Some of it is counted before the rest has come, and what comes late may be older than what is counted.
  for (let from = 0; from < ENTRIES; from += 3_000) {
    drain(entries.slice(from, from + 3_000))
    await leagues.collect()
  }
})

afterAll(async () => {
  await books[Symbol.asyncDispose]()
})

function drain(list: readonly Entry[]): void {
  books.ledger.write({ rows: list.map(entryRow), checkpoint: { segment: '', position: 0 }, durable: false })
}

function randomEntry(index: number): Entry {
  const at = (FIRST + random.below(DAYS)) * DAY_MS - 8 * 3_600_000 + random.below(DAY_MS)
  return entryFor(`entry-${index}`, {
    at: new Date(at).toISOString(),
    // Few come often and many seldom.
    user_id: random.below(10) === 0 ? null : `user-${Math.floor(MEMBERS * (random.below(1_000) / 1_000) ** 3)}`,
    key_id: `key-${random.below(20)}`,
    end_user: random.below(5) === 0 ? `end-${random.below(50)}` : null,
    organisation_id: random.pick(['org-1', 'org-2']),
    team_id: random.pick(['search', 'support']),
    app: random.pick([null, 'writer', 'coder']),
    model: random.pick(['small', 'large']),
    practice: random.below(50) === 0,
    state: random.pick(['ok', 'ok', 'ok', 'unpriced', 'client_gone', 'upstream_error', 'refused']),
    usage: { input: random.below(1_000), cached_input: 5, cache_write: 0, cache_write_1h: 0, output: 7, reasoning: 0 },
  })
}

/** The same question answered by looking at every entry. */
function bruteForce(keep: (entry: Entry) => boolean, from: number, to: number): Set<string> {
  return new Set(
    counted()
      .filter((entry) => dayOf(entry) >= from && dayOf(entry) < to && keep(entry))
      .map(memberOf),
  )
}

function counted(): Entry[] {
  return entries.filter(({ practice, state }) => !practice && state !== 'upstream_error' && state !== 'refused')
}

function dayOf({ at }: Entry): number {
  return Math.floor((Date.parse(at) + 8 * 3_600_000) / DAY_MS)
}

function memberOf({ organisation_id, end_user, user_id, key_id }: Entry): string {
  return `${organisation_id} ${end_user ?? user_id ?? key_id}`
}

describe(`league tables (${title})`, () => {
  const all = { dimension: 'all', value: '' } as const

  it('count the active members of a day, a week, thirty days and a calendar month as brute force does', async () => {
    const day = FIRST + 33
    const [found] = await leagues.activity({ ...all, from: day, to: day + 1 })
    expect(found).toEqual({
      day,
      daily: bruteForce(() => true, day, day + 1).size,
      weekly: bruteForce(() => true, day - 6, day + 1).size,
      monthly: bruteForce(() => true, day - 29, day + 1).size,
    })
    const may = bruteForce(() => true, dayNumber('2024-05-01'), dayNumber('2024-06-01')).size
    expect(await leagues.activeInMonth({ ...all, day: dayNumber('2024-05-21') })).toBe(may)
  })

  it('tell applications, models, providers and teams apart', async () => {
    const span = { from: FIRST + 3, to: FIRST + 20 }
    for (const [dimension, value, keep] of [
      ['app', 'writer', ({ app }: Entry) => app === 'writer'],
      ['model', 'lab/large', ({ model }: Entry) => model === 'large'],
      ['provider', 'lab', () => true],
      ['team', 'search', ({ team_id }: Entry) => team_id === 'search'],
    ] as const) {
      const expected = bruteForce(keep, span.from, span.to).size
      expect(await leagues.active({ dimension, value, ...span })).toBe(expected)
    }
  })

  it('rank by calls, with tokens, shares and growth over the span before', async () => {
    const [from, to] = [FIRST + 20, FIRST + 40]
    const lines = await leagues.standings({ dimension: 'app', from, to, limit: 10 })
    const calls = (app: string, first: number, last: number): Entry[] =>
      counted().filter((entry) => entry.app === app && dayOf(entry) >= first && dayOf(entry) < last)
    const total = calls('writer', from, to).length + calls('coder', from, to).length
    for (const line of lines) {
      const own = calls(line.value, from, to)
      expect(line).toMatchObject({
        calls: own.length,
        tokens: own.reduce((sum, { usage }) => sum + usage.input + 12, 0),
        active: new Set(own.map(memberOf)).size,
        calls_share: Number(((own.length / total) * 100).toFixed(1)),
        calls_growth: Number((own.length / calls(line.value, FIRST, from).length).toFixed(1)),
        calls_before: calls(line.value, FIRST, from).length,
        active_before: new Set(calls(line.value, FIRST, from).map(memberOf)).size,
      })
    }
    expect(lines.map(({ value }) => value).toSorted()).toEqual(['coder', 'writer'])
    expect(lines[0]?.calls).toBeGreaterThanOrEqual(lines[1]?.calls ?? Infinity)
  })

  it('follow cohorts from their first week on', async () => {
    const triangle = await leagues.retention({ from: FIRST, to: FIRST + 28, periodDays: 7 })
    const first = new Map<string, number>()
    for (const entry of counted()) {
      first.set(memberOf(entry), Math.min(first.get(memberOf(entry)) ?? Infinity, dayOf(entry)))
    }
    const expected = [0, 7, 14, 21].map((start) => {
      const cohort = [...first].filter(([, day]) => day >= FIRST + start && day < FIRST + start + 7).map(([who]) => who)
      const active = [0, 7, 14, 21]
        .filter((later) => later >= start)
        .map((later) => {
          const came = bruteForce(() => true, FIRST + later, FIRST + later + 7)
          return cohort.filter((who) => came.has(who)).length
        })
      return { from: FIRST + start, members: cohort.length, active }
    })
    expect(triangle).toEqual(expected)
    expect(triangle[0]?.members).toBe(triangle[0]?.active[0])
  })

  it('leave out who came after the last day, in rows as in columns', async () => {
    const triangle = await leagues.retention({ from: FIRST, to: FIRST + 3, periodDays: 2 })
    expect(triangle.map(({ members, active }) => active[0] === members)).toEqual([true, true])
  })

  it('come out the same to the byte when they are made anew', async () => {
    const dump = async (): Promise<unknown[]> => {
      const tables = books.store.tables<Record<string, Record<string, unknown>>>()
      const read = (table: string, order: string[]): Promise<unknown[]> =>
        order.reduce((query, column) => query.orderBy(column), tables.selectFrom(table).selectAll()).execute()
      return [
        await read('league_members', ['ordinal']),
        await read('league_days', ['dimension', 'value', 'block', 'day']),
        await read('league_sums', ['dimension', 'value', 'day']),
      ]
    }
    const before = await dump()
    expect(await leagues.collect()).toBe(0)
    expect(await leagues.rebuild()).toBeGreaterThan(counted().length)
    expect(await dump()).toEqual(before)
  })

  it('are counted anew when the days are those of another zone', async () => {
    const utc = openLeagues({ store: books.store, zone: 'UTC' })
    expect(await utc.collect()).toBeGreaterThan(counted().length)
    const day = FIRST + 10
    const inUtc = new Set(
      counted()
        .filter(({ at }) => Math.floor(Date.parse(at) / DAY_MS) === day)
        .map(memberOf),
    )
    expect(await utc.active({ ...all, from: day, to: day + 1 })).toBe(inUtc.size)
    await leagues.collect()
  })

  it('tell what a new member costs by channel, and keep the first channel a member came by', async () => {
    const newcomers = await books.store
      .tables<{ league_members: { organisation_id: string; member: string; first_day: bigint; ordinal: bigint } }>()
      .selectFrom('league_members')
      .selectAll()
      .where('first_day', '=', BigInt(FIRST))
      .orderBy('ordinal')
      .limit(9)
      .execute()
    newcomers.forEach(({ organisation_id, member }, index) => {
      const arrival = { organisation: organisation_id, member, day: FIRST }
      leagues.noteArrival({ ...arrival, channel: index < 3 ? 'search' : 'video' })
      leagues.noteArrival({ ...arrival, channel: 'too late' })
    })
    const spend = { day: FIRST, currency: 'CNY' }
    leagues.importSpend([{ ...spend, channel: 'video', amount: '1.00' as Decimal, ads: 1 }])
    leagues.importSpend([
      { ...spend, channel: 'video', amount: '20.000000000001' as Decimal, ads: 2_100 },
      { ...spend, channel: 'search', amount: '10' as Decimal, ads: 400 },
    ])
    expect(await leagues.channels({ from: FIRST, to: FIRST + 1 })).toEqual([
      {
        channel: 'video',
        currency: 'CNY',
        spent: '20.000000000001',
        ads: 2_100,
        ads_share: 84,
        new_members: 6,
        new_members_share: 66.7,
        cost_per_new_member: '3.333333333334',
      },
      {
        channel: 'search',
        currency: 'CNY',
        spent: '10.000000000000',
        ads: 400,
        ads_share: 16,
        new_members: 3,
        new_members_share: 33.3,
        cost_per_new_member: '3.333333333333',
      },
    ])
  })
})

describe('league tables of 2024', () => {
  it('tell its growth, shares and levels as it was told', async () => {
    await using own = await openStoredBooks()
    await own.store.migrate(leaguesMigrations)
    const table = openLeagues({ store: own.store, zone: 'UTC' })
    const [before, after] = [dayNumber('2024-05-15'), dayNumber('2024-12-15')]
    // Calls stand for members here: there were 1.73 million in one month, and 59.98 million in a later one.
    own.store.batch({ durable: false }, (run) => {
      const put = (value: string, day: number, [calls, tokens]: [bigint, bigint]): unknown =>
        run('INSERT INTO league_sums (dimension, value, day, calls, tokens) VALUES (?, ?, ?, ?, ?)', [
          'app',
          value,
          BigInt(day),
          calls,
          tokens,
        ])
      put('assistant', before, [1_730_000n, 121_212_121_212n])
      put('assistant', after, [59_980_000n, 4_000_000_000_000n])
    })
    const days = after - before
    const [line] = await table.standings({ dimension: 'app', from: after - days + 1, to: after + 1, limit: 1 })
    // Four trillion tokens a day, 33 times as many as seven months before: then it was 121 billion.
    expect(line).toMatchObject({ calls_growth: 34.7, tokens_growth: 33, tokens: 4_000_000_000_000 })

    const spend = { day: after, currency: 'CNY', amount: '1' as Decimal }
    table.importSpend([
      { ...spend, channel: 'own network', ads: 2_100 },
      { ...spend, channel: 'others', ads: 400 },
    ])
    const channels = await table.channels({ from: after, to: after + 1 })
    expect(channels.map(({ channel, ads_share }) => [channel, ads_share])).toEqual([
      ['others', 16],
      ['own network', 84],
    ])
  })
})
