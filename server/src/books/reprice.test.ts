import { join } from 'node:path'
import type { Decimal } from '@paddock/contract/decimal'
import type { EntryRecord } from '@paddock/contract/entry'
import { NO_USAGE } from '@paddock/contract/usage'
import { describe, expect, it } from 'vitest'
import { entryFor, money, priceOutput } from '../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { seeded, type Seeded } from '../../../tests/seed.ts'
import { isoInstant, systemClock } from '../base/clock.ts'
import { parsePico } from '../money/fixed-point.ts'
import { usePriceBook, type PriceBook } from '../prices/book.ts'
import { openFxTable } from '../prices/fx.ts'
import { loadBook } from '../prices/load.ts'
import { openStore } from '../store/store.ts'
import { readCharging } from './charge.ts'
import { csvLine } from './csv.ts'
import { openOwnedBooks, type OwnedBooks } from './open-for-command.ts'
import { correctionOf, type RepriceBy, type Repriced } from './reprice.ts'
import type { Pricing } from './whatif/run.ts'

const NOW = Date.parse('2024-06-30T10:00:00Z')
const FROM = Date.parse('2024-05-01')
const MAY = { from: FROM, to: Date.parse('2024-06-01') }

function bookOf(prices: Readonly<Record<string, readonly [currency: string, input: string]>>): PriceBook {
  const rows = Object.entries(prices).map(([model, [currency, input]], index) => ({
    place: `paddock.yaml:${index}:1`,
    raw: { model, currency, per: '1000000', input, cached_input: '0.1', output: '2' },
  }))
  return usePriceBook(loadBook({ books: [], calendars: [] }, rows), () => null)
}

const pricingOf = (prices: PriceBook): Pricing => ({
  prices,
  bookName: (provider, model) => `${provider}/${model}`,
  fx: openFxTable([]),
})

/** Charged is what it costs. */
const by = (prices: PriceBook): RepriceBy => ({
  pricing: pricingOf(prices),
  charge: (_, cost) => ({ amount: cost.amount, currency: cost.currency }),
  now: NOW,
})

const BEFORE = bookOf({ 'lab/small': ['CNY', '1'], 'lab/large': ['USD', '5'], 'lab/same': ['CNY', '3'] })
/** A wrong price mended, a wrong currency too, and one that came late; "same" stays. */
const AFTER = bookOf({
  'lab/small': ['CNY', '0.7'],
  'lab/large': ['CNY', '30'],
  'lab/same': ['CNY', '3'],
  'lab/late': ['CNY', '4'],
})

function openIn(path: string): Promise<OwnedBooks> {
  return openOwnedBooks({
    folder: path,
    store: openStore(join(path, 'paddock.db')),
    clock: systemClock,
    price: priceOutput,
  })
}

function randomEntries(random: Seeded, count: number): EntryRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const model = random.pick(['small', 'large', 'same', 'late', 'never'])
    const at = FROM + random.below(20 * 86_400_000)
    const usage = { ...NO_USAGE, input: random.below(9_000), cached_input: random.below(90), output: random.below(900) }
    const { amount, currency } = BEFORE.quote({ model: `lab/${model}`, at, usage })
    const cost = money(amount, currency)
    return entryFor(`r${index}`, { at: isoInstant(at), model, usage, cost, charge: cost, practice: index % 17 === 0 })
  })
}

async function repriceAll(own: OwnedBooks, prices: PriceBook): Promise<Repriced[]> {
  const found: Repriced[] = []
  for await (const each of own.reader.reprice(MAY, by(prices))) {
    found.push(each)
    for (const correction of each.corrections) await own.write(correction)
  }
  return found
}

/** Sums by currency of what is paid for, of the entries as they are. */
async function sumsOf(own: OwnedBooks, model: string): Promise<Record<string, bigint>> {
  const sums: Record<string, bigint> = {}
  for await (const { cost, practice } of own.reader.entries({ model })) {
    if (cost.currency !== null && !practice)
      sums[cost.currency] = (sums[cost.currency] ?? 0n) + (parsePico(cost.amount ?? '') ?? 0n)
  }
  return sums
}

describe('repricing', () => {
  it('[B45] [B46] brings every entry to its right price by entries of its own; a second time it writes nothing', async () => {
    const random = seeded()
    const message = `seed ${random.seed}`
    using folder = tempFolder()
    const entries = randomEntries(random, 2_000)
    let own = await openIn(folder.path)
    await Promise.all(entries.map((entry) => own.write(entry)))
    await own.close()

    own = await openIn(folder.path)
    const first = await repriceAll(own, AFTER)
    await own.close()

    own = await openIn(folder.path)
    for (const model of ['small', 'large', 'same', 'late']) {
      const right = entries
        .filter((entry) => entry.model === model && !entry.practice)
        .map(({ at, usage }) => AFTER.quote({ model: `lab/${model}`, at: Date.parse(at), usage }).amount ?? '')
      const sum = right.reduce((total, amount) => total + (parsePico(amount) ?? 0n), 0n)
      const found = await sumsOf(own, `lab/${model}`)
      expect(found, `${message}, ${model}`).toEqual(model === 'large' ? { CNY: sum, USD: 0n } : { CNY: sum })
    }
    expect(await sumsOf(own, 'lab/never'), message).toEqual({})
    expect(first.filter(({ unpriced }) => unpriced !== null).every(({ entry }) => entry.model === 'never')).toBe(true)
    expect(
      first.some(({ entry }) => entry.practice),
      message,
    ).toBe(false)
    const verified = await own.reader.verify()
    expect(verified, message).toMatchObject({ ok: true, problems: [] })
    expect(verified.entries).toBeGreaterThan(entries.length)
    expect((await own.reader.find('r1'))?.cost).toEqual(entries[1]?.cost)
    // Nothing is different now, so nothing is written.
    const second = await repriceAll(own, AFTER)
    expect(
      second.flatMap(({ corrections }) => corrections),
      message,
    ).toEqual([])
    // And back again: corrections of corrections add up too.
    await repriceAll(own, BEFORE)
    await own.close()
    own = await openIn(folder.path)
    expect(await sumsOf(own, 'lab/large'), message).toMatchObject({ CNY: 0n })
    expect(await own.reader.verify(), message).toMatchObject({ ok: true })
    await own.close()
  })

  it('[B46] that was cut short is finished by running it again, and writes no correction twice', async () => {
    using folder = tempFolder()
    const entries = randomEntries(seeded(), 60).map((entry) => ({ ...entry, model: 'small', practice: false }))
    let own = await openIn(folder.path)
    for (const entry of entries) await own.write(entry)
    await own.close()
    own = await openIn(folder.path)
    const written: EntryRecord[] = []
    for await (const { corrections } of own.reader.reprice(MAY, by(AFTER))) {
      for (const correction of corrections) {
        await own.write(correction)
        // What a run would write that does not know how far the one before it came.
        await own.write({ ...correction, cost: money('99', 'CNY') })
        written.push(correction)
      }
      if (written.length >= 20) break
    }
    await own.close()
    own = await openIn(folder.path)
    const rest = await repriceAll(own, AFTER)
    const corrections = [...written, ...rest.flatMap((each) => each.corrections)]
    await own.close()
    own = await openIn(folder.path)
    for (const correction of corrections) expect(await own.reader.find(correction.id)).toEqual(correction)
    expect(await repriceAll(own, AFTER).then((all) => all.flatMap((each) => each.corrections))).toEqual([])
    expect(await own.reader.verify()).toMatchObject({ ok: true })
    await own.close()
  })

  it('[B45] leaves a correction by hand alone, counts no request for it, and exports what it is', async () => {
    using folder = tempFolder()
    let own = await openIn(folder.path)
    const cost = money('3', 'CNY')
    await own.write(entryFor('a', { model: 'same', usage: { ...NO_USAGE, input: 1_000_000 }, cost, charge: cost }))
    await own.close()
    own = await openIn(folder.path)
    const entry = await own.reader.find('a')
    if (entry === null) throw new Error('the entry is gone')
    const credit = { amount: '-0.500000000000' as Decimal, currency: 'CNY' }
    const correction = correctionOf(entry, {
      kind: 'correction',
      cost: credit,
      charge: credit,
      number: 1,
      reason: 'credit note 17',
      now: NOW,
    })
    await own.write(correction)
    await own.close()
    own = await openIn(folder.path)
    expect(await own.reader.find('a.1')).toMatchObject({
      kind: 'correction',
      adjusts: 'a',
      reason: 'credit note 17',
      at: entry.at,
    })
    expect((await repriceAll(own, AFTER)).flatMap(({ corrections }) => corrections)).toEqual([])
    const [day] = await own.reader.rollups({ grain: 'day' })
    expect(day).toMatchObject({ requests: 1, cost: money('2.500000000000', 'CNY') })
    expect(csvLine(correction)).toMatch(/,correction,a,credit note 17,\r\n$/)
    expect(await own.countCorrections('a')).toBe(1)
    await own.close()
  })

  it('[B46] corrects the charge by the rule it was made by, and leaves one that was made by another', async () => {
    using folder = tempFolder()
    const usage = { ...NO_USAGE, input: 1_000_000 }
    let own = await openIn(folder.path)
    const cost = money('1.000000000000', 'CNY')
    await own.write(entryFor('ruled', { usage, cost, charge: money('1.100000000000', 'CNY'), state: 'orphan' }))
    await own.write(entryFor('agreed', { usage, cost, charge: money('5.000000000000', 'CNY') }))
    await own.close()
    own = await openIn(folder.path)
    const rule = readCharging([{ add_percent: '10' }], () => {
      throw new Error('no price is asked for')
    })
    const charge: RepriceBy['charge'] = ({ organisation_id: id }, asked) =>
      rule.chargeOf({ organisation: { id, name: '' }, cost: asked, usage, at: NOW })
    const found: EntryRecord[] = []
    for await (const { corrections } of own.reader.reprice(MAY, { ...by(AFTER), charge })) found.push(...corrections)
    expect(found).toMatchObject([
      { id: 'agreed.1', cost: money('-0.300000000000', 'CNY'), charge: money(null, null), state: 'ok' },
      {
        id: 'ruled.1',
        cost: money('-0.300000000000', 'CNY'),
        charge: money('-0.330000000000', 'CNY'),
        state: 'orphan',
      },
    ])
    await own.close()
  })

  it('[B26] a correction that corrects nothing is reported', async () => {
    using folder = tempFolder()
    let own = await openIn(folder.path)
    await own.write(entryFor('a.1', { kind: 'correction', adjusts: 'a', usage: NO_USAGE }))
    await own.close()
    own = await openIn(folder.path)
    const { ok, problems } = await own.reader.verify()
    expect({ ok, problems }).toEqual({ ok: false, problems: ['Entry a.1 corrects a, which is no entry of a request.'] })
    await own.close()
  })

  it('[B47] a ledger of an earlier version gets the sums it lacks when it is opened', async () => {
    using folder = tempFolder()
    let own = await openIn(folder.path)
    for (const entry of randomEntries(seeded(), 300)) await own.write(entry)
    await own.close()
    const store = openStore(join(folder.path, 'paddock.db'))
    const undo = [
      'DROP INDEX entries_adjusts',
      ...['kind', 'adjusts', 'reason'].map((column) => `ALTER TABLE entries DROP COLUMN ${column}`),
      ...['price_cells', 'price_events', 'price_watch'].map((table) => `DROP TABLE ${table}`),
      "DELETE FROM migrations WHERE name IN ('2026-11-28-corrections', '2026-11-28-price-cells', '2026-11-28-price-events')",
    ]
    for (const statement of undo) store.batch({ durable: true }, (run) => run(statement, []))
    await store.close()
    own = await openIn(folder.path)
    expect(await own.reader.verify()).toMatchObject({ ok: true, entries: 300 })
    expect(await own.reader.find('r1')).toMatchObject({ kind: 'request', adjusts: null })
    await own.close()
  })

  it('[B47] sums that were lost or spoilt are made anew from the entries', async () => {
    using folder = tempFolder()
    let own = await openIn(folder.path)
    for (const entry of randomEntries(seeded(), 300)) await own.write(entry)
    await own.close()
    const store = openStore(join(folder.path, 'paddock.db'))
    store.batch({ durable: true }, (run) => run('DELETE FROM price_cells WHERE model = ?', ['small']))
    store.batch({ durable: true }, (run) => run('UPDATE rollups SET input = input + 1', []))
    await store.close()
    own = await openIn(folder.path)
    expect(await own.reader.verify()).toMatchObject({ ok: false })
    expect(await own.rebuild()).toBe(300)
    expect(await own.reader.verify()).toMatchObject({ ok: true })
    await own.close()
  })
})
