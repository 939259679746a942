import { join } from 'node:path'
import type { AttemptRecord } from '@paddock/contract/entry'
import Big from 'big.js'
import { describe, expect, it } from 'vitest'
import { inOrder, oracleSums, type Money, type Sums } from '../../../tests/stand-ins/oracle-sums.ts'
import { parseCsv } from '../../../tests/stand-ins/parse-csv.ts'
import { entryFor, intentOf, money, NOON, priceOutput } from '../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { seeded, type Seeded } from '../../../tests/seed.ts'
import { isoInstant, systemClock } from '../base/clock.ts'
import { openStore } from '../store/store.ts'
import { openBooks } from './books.ts'
import { csvHead, csvLine } from './csv.ts'
import type { Entry } from './entry.ts'
import { openBooksForCommand } from './open-for-command.ts'
import { retryLoss } from './retry-loss.ts'

const ENTRIES = 100_000
const AT_ONCE = 1_000
const HOUR_MS = 3_600_000

/** The same as `oracleSums` for what the books say, quicker: twelve decimals without their point are a whole number. */
function foundSums(): Sums {
  const sums = new Map<string, bigint>()
  return {
    add: ({ amount, currency }) => {
      if (amount === null || currency === null) return
      if (!/^\d+\.\d{12}$/.test(amount)) throw new Error(`not twelve decimals: ${amount}`)
      sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount.replace('.', '')))
    },
    written: () => inOrder([...sums].map(([currency, sum]) => [currency, new Big(String(sum)).div(1e12).toFixed(12)])),
  }
}

type Summed = {
  readonly cost: Money
  readonly retry_loss?: readonly Money[] | undefined
  readonly charge: Money
  readonly practice: boolean
}

/** What is owed, with what was lost, of practice apart, and the charges. */
function threeSums(make: () => Sums): {
  add(entry: Summed): void
  written(): Record<'cost' | 'practice' | 'charge', Record<string, string>>
} {
  const [cost, practice, charge] = [make(), make(), make()]
  return {
    add: (entry) => {
      const sums = entry.practice ? practice : cost
      for (const owed of [entry.cost, ...(entry.retry_loss ?? [])]) sums.add(owed)
      charge.add(entry.charge)
    },
    written: () => ({ cost: cost.written(), practice: practice.written(), charge: charge.written() }),
  }
}

function lostAt(provider: string, cost: AttemptRecord['cost'] & {}): AttemptRecord {
  const at = isoInstant(NOON)
  return {
    provider,
    model: 'small',
    outcome: 'timeout',
    status: 200,
    error: null,
    started_at: at,
    duration_ms: 1,
    cost,
  }
}

function randomEntry(random: Seeded, id: string): Entry {
  const currency = random.pick(['CNY', 'USD'])
  const amount = (): string =>
    `${random.below(4) === 0 ? random.below(9_000_000) : 0}.${String(random.below(1_000_000)).padStart(6, '0')}${String(random.below(1_000_000)).padStart(6, '0')}`
  const isPriced = random.below(10) > 0
  const attempts =
    random.below(4) > 0 ? [] : [lostAt('other', money(amount(), 'EUR')), lostAt('lab', money(amount(), currency))]
  return entryFor(id, {
    attempts,
    ...(attempts.length === 0 ? {} : { retry_loss: retryLoss(attempts) }),
    at: isoInstant(NOON + 10 * HOUR_MS + random.below(4 * HOUR_MS)),
    key_id: `key-${random.below(5)}`,
    team_id: `team-${random.below(2)}`,
    model: random.pick(['small', 'large']),
    practice: random.below(5) === 0,
    state: isPriced ? 'ok' : 'unpriced',
    cost: isPriced ? money(amount(), currency) : money(null, null),
    charge: isPriced ? money(amount(), currency) : money(null, null),
  })
}

describe('[B12] [B65] a hundred thousand random entries', () => {
  it('add up to the same in the entries, the hours, the days, the export and by another library', async () => {
    const random = seeded()
    using folder = tempFolder()
    const store = openStore(join(folder.path, 'paddock.db'))
    const options = { folder: folder.path, store, clock: systemClock, price: priceOutput }
    const oracle = threeSums(oracleSums)

    const books = await openBooks(options)
    for (let count = 0; count < ENTRIES; count += AT_ONCE) {
      const entries = Array.from({ length: AT_ONCE }, (_, index) => randomEntry(random, `r${count + index}`))
      for (const entry of entries) oracle.add(entry)
      await Promise.all(entries.map(({ id }) => books.intend(intentOf(id))))
      await Promise.all(entries.map((entry) => books.settle(entry)))
    }
    await books.close()

    const reader = await openBooksForCommand(options)
    const [listed, exported, hours, days] = [
      threeSums(foundSums),
      threeSums(foundSums),
      threeSums(foundSums),
      threeSums(foundSums),
    ]
    let text = csvHead()
    for await (const entry of reader.entries()) {
      listed.add(entry)
      text += csvLine(entry)
    }
    for (const cells of exportedEntries(text)) exported.add(cells)
    for (const rollup of await reader.rollups({ grain: 'hour' })) hours.add(rollup)
    for (const rollup of await reader.rollups({ grain: 'day' })) days.add(rollup)
    const verified = await reader.verify()
    await reader.close()

    const message = `seed ${random.seed}`
    const expected = oracle.written()
    for (const found of [listed, exported, hours, days]) expect(found.written(), message).toEqual(expected)
    expect(verified, message).toMatchObject({ ok: true, entries: ENTRIES, undrained: 0, quarantined: 0, problems: [] })
    expect(verified.totals, message).toEqual(expected.cost)
    expect(verified.practice_totals, message).toEqual(expected.practice)
    // Beyond what a double, and a 64-bit integer of 1e-12, can hold.
    expect(BigInt((expected.cost['CNY'] ?? '').replace('.', ''))).toBeGreaterThan(2n ** 64n)
  }, 120_000)
})

function exportedEntries(text: string): Summed[] {
  const [head = [], ...rows] = parseCsv(text)
  expect(rows.length).toBe(ENTRIES)
  const cell = (row: readonly string[], name: string): string => row[head.indexOf(name)] ?? ''
  const amount = (row: readonly string[], name: string): Money =>
    money(cell(row, name) || null, cell(row, `${name}_currency`) || null)
  return rows.map((row) => ({
    cost: amount(row, 'cost'),
    retry_loss: losses(cell(row, 'retry_loss')),
    charge: amount(row, 'charge'),
    practice: cell(row, 'practice') === 'true',
  }))
}

/** "0.1 CNY 0.2 USD" */
function losses(cell: string): Money[] {
  return [...cell.matchAll(/(\S+) (\S+)/g)].map(([, amount = '', currency = '']) => money(amount, currency))
}
