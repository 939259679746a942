import { readFileSync, writeFileSync } from 'node:fs'
import { isoInstant } from '../base/clock.ts'
import type { PriceProposal } from '@paddock/contract/price-proposal'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { usePriceBook, type PriceBook } from './book.ts'
import { readFeed, type FeedModel } from './feed.ts'
import { judgeProposal } from './judge-proposal.ts'
import { loadBook } from './load.ts'
import { acceptedRows, decide, mergeProposals, proposalsFile, readProposals, writeProposals } from './proposals.ts'

const NOW = Date.parse('2026-11-01T00:00:00Z')
const OURS = { providers: new Map([['lab-inc', 'lab']]), day: '2026-11-01' }

function bookOf(...raws: Record<string, unknown>[]): PriceBook {
  const rows = raws.map((raw, index) => ({
    place: `paddock.yaml:${index + 1}:1`,
    raw: { currency: 'USD', per: 1_000_000, ...raw },
  }))
  return usePriceBook(loadBook({ books: [], calendars: [] }, rows), () => 'USD')
}

function feedOf(models: Record<string, unknown>): FeedModel[] {
  const listed = Object.entries(models).map(([id, prices]) => ({ id, match: { equals: id }, prices }))
  return readFeed(
    JSON.stringify([
      { id: 'lab-inc', models: listed },
      { id: 'other', models: [{ id: 'x', prices: { input_mtok: 1 } }] },
    ]),
    OURS,
  )
}

const judge = (book: PriceBook, prices: unknown): PriceProposal | null => {
  const [model] = feedOf({ small: prices })
  if (model === undefined || !('row' in model)) throw new Error('the feed has no such model')
  return judgeProposal(book, { ...model, source: 'feed' }, NOW)
}

describe('[P31] a feed', () => {
  it('is read into rows as an operator writes them: tiers, the list in force today, units we do not count left out', () => {
    const [plain, tiered, dated] = feedOf({
      plain: { input_mtok: 0.8, cache_read_mtok: 0.08, output_mtok: 4, web_searches_kcount: 10 },
      tiered: {
        input_mtok: {
          base: 3,
          tiers: [
            { start: 200_000, price: 6 },
            { start: 500_000, price: 9 },
          ],
        },
        output_mtok: { base: 15, tiers: [{ start: 200_000, price: 22.5 }] },
        cache_read_mtok: 0.3,
      },
      dated: [
        { prices: { input_mtok: 5 } },
        { constraint: { start_date: '2026-03-13' }, prices: { input_mtok: 4 } },
        { constraint: { start_date: '2027-01-01' }, prices: { input_mtok: 1 } },
      ],
    })
    const row = { currency: 'USD', per: 1_000_000 }
    expect(plain).toEqual({
      model: 'lab/plain',
      row: { ...row, model: 'lab/plain', input: '0.8', cached_input: '0.08', output: '4' },
      left: ['web_searches_kcount'],
    })
    expect(tiered).toMatchObject({
      row: {
        input: '3',
        variants: [
          { name: 'above-200000', when: { input_tokens: { gt: 200_000, lte: 500_000 } }, input: '6', output: '22.5' },
          { name: 'above-500000', when: { input_tokens: { gt: 500_000 } }, input: '9', output: '22.5' },
        ],
      },
    })
    expect(dated).toMatchObject({ row: { input: '4', valid_from: '2026-03-13' } })
  })

  it('is left alone where it cannot be right, and refused where it is none', () => {
    const night = { start_time: '00:30:00Z', end_time: '16:30:00Z' }
    expect(feedOf({ night: [{ constraint: night, prices: { input_mtok: 1 } }], none: { images: 3 } })).toEqual([
      { model: 'lab/night', skipped: expect.stringContaining('by the clock') },
      { model: 'lab/none', skipped: 'has no price for tokens' },
    ])
    for (const text of ['', '{}', '"x"', 'null']) expect(() => readFeed(text, OURS)).toThrow(/must be a JSON list/)
  })
})

describe('[P32] a proposal', () => {
  const book = bookOf({ model: 'lab/small', input: '1', cached_input: '0.1', output: '4' })

  it('is a difference from the price in force; the same price in other words is none', () => {
    expect(judge(book, { input_mtok: 1, output_mtok: 4.0 })).toBeNull()
    expect(judge(book, { input_mtok: 0.8, output_mtok: 4 })).toMatchObject({
      status: 'open',
      model: 'lab/small',
      changes: [{ component: 'input', from: '1', to: '0.8', percent: '-20.0' }],
      doubts: [],
      outranked_by: expect.stringContaining('lab/small@USD'),
    })
  })

  it.each([
    ['large_change', { input_mtok: 0.4, output_mtok: 4 }, 'input 1 -> 0.4 is -60.0 %'],
    ['large_change', { input_mtok: 1, output_mtok: 7 }, 'output 4 -> 7 is 75.0 %'],
    ['free', { input_mtok: 0, output_mtok: 4 }, 'it cost something until now'],
  ])('has a doubt: %s', (doubt, prices, reason) => {
    expect(judge(book, prices)?.doubts).toEqual([{ doubt, reason: expect.stringContaining(reason) }])
  })

  it('has a doubt where its dollars are the yuan of the same model, and where nobody knows the model', () => {
    const both = bookOf({ model: 'lab/small', currency: 'CNY', input: '6', output: '24' })
    expect(judge(both, { input_mtok: 6, output_mtok: 24 })?.doubts.map(({ doubt }) => doubt)).toEqual([
      'currency',
      'currency',
    ])
    expect(judge(both, { input_mtok: 0.86, output_mtok: 3.43 })?.doubts).toEqual([])
    expect(judge(bookOf({ model: 'lab/large', input: '1' }), { input_mtok: 1 })).toMatchObject({
      doubts: [{ doubt: 'unknown_model' }],
      outranked_by: null,
    })
  })

  it('that is no price is refused', () => {
    expect(() => judge(book, { input_mtok: 0.049999999999999996 })).toThrow(/did you mean 0.05/)
  })
})

describe('[P33] proposals', () => {
  const open = judge(bookOf({ model: 'lab/large', input: '1' }), { input_mtok: 2, output_mtok: 8 })
  if (open === null) throw new Error('there must be a proposal')
  const decision = { id: open.id, at: isoInstant(NOW), by: 'ada' } as const

  it('are kept in a file, made once, and replaced by a later one for the same model while they are open', () => {
    using folder = tempFolder()
    expect(readProposals(folder.path)).toEqual([])
    writeProposals(folder.path, [open])
    expect(readProposals(folder.path)).toEqual([open])
    expect(mergeProposals([open], [open])).toEqual([open])
    const later = { ...open, id: 'later' }
    expect(mergeProposals([open], [later])).toEqual([later])
    const rejected = decide([open], { ...decision, status: 'rejected' })
    expect(mergeProposals(rejected, [open])).toEqual(rejected)
    expect(() => decide(rejected, { ...decision, status: 'accepted' })).toThrow(/was rejected before/)
    writeFileSync(proposalsFile(folder.path), readFileSync(proposalsFile(folder.path), 'utf8').slice(0, 40))
    expect(() => readProposals(folder.path)).toThrow(/is damaged/)
  })

  it('that were accepted are rows of the book below all others, known from then on, the later before the earlier', () => {
    const accepted = decide([open], { ...decision, status: 'accepted' })
    const second = { ...open, id: 'second', row: { ...open.row, input: '3' } }
    const both = decide([...accepted, second], {
      ...decision,
      id: 'second',
      status: 'accepted',
      at: isoInstant(NOW + 1_000),
    })
    const rows = acceptedRows(both, '/data')
    const usage = { input: 1_000_000 }
    const book = usePriceBook(loadBook({ books: [], calendars: [] }, rows), () => null)
    expect(book.quote({ model: 'lab/small', at: NOW + 500, usage }).amount).toBe('2.000000000000')
    expect(book.quote({ model: 'lab/small', at: NOW + 1_000, usage }).amount).toBe('3.000000000000')
    expect(book.quote({ model: 'lab/small', at: NOW - 1, usage }).state).toBe('unpriced')
    expect(book.quote({ model: 'lab/small', at: NOW + 1_000, usage, asOf: NOW - 1 }).state).toBe('unpriced')
    expect(book.rows().map(({ level, note }) => [level, note])).toEqual([
      ['feed', 'Proposed by feed, accepted by ada.'],
      ['feed', 'Proposed by feed, accepted by ada.'],
    ])
    const own = { raw: { model: 'lab/small', currency: 'USD', per: 1_000_000, input: '9' }, place: 'paddock.yaml:1:1' }
    const withOwn = usePriceBook(loadBook({ books: [], calendars: [] }, [own, ...rows]), () => null)
    expect(withOwn.quote({ model: 'lab/small', at: NOW + 1_000, usage }).amount).toBe('9.000000000000')
  })
})
