import { describe, expect, it } from 'vitest'
import { loadRows, type Written } from './fixtures/lab-book.ts'

const PRICED = { rates: { input: '1' } }

/** What is wrong with rows of a book, without the places. */
function faultsOf(rows: readonly Written[]): string[] {
  return loadRows(rows).problems.map(({ path, message }) => `${path}: ${message}`)
}

describe('contradictions', () => {
  const from = (valid_from: string | null, valid_to: string | null, more: Written = {}): Written => ({
    ...PRICED,
    valid_from,
    valid_to,
    ...more,
  })

  it('[P22] rows that overlap', () => {
    const faults = faultsOf([from('2024-01-01', '2024-06-01'), from('2024-05-31', null)])
    expect(faults).toEqual([
      expect.stringMatching(
        /^valid_from: overlaps row-0 \(lab\.json:\d+:\d+\): end one where the other begins, or give the correction a higher revision$/,
      ),
    ])
  })

  it.each<[string, Written[]]>([
    ['meet', [from('2024-01-01', '2024-06-01'), from('2024-06-01', null)]],
    ['are corrections', [from(null, null), from('2024-06-01', null, { revision: 2 })]],
    ['are in two currencies', [from(null, null), from(null, null, { currency: 'USD' })]],
    ['are of two levels', [from(null, null), from(null, null, { level: 'feed' })]],
    [
      'were believed at different times',
      [from(null, null, { retracted_at: '2024-06-01' }), from(null, null, { recorded_at: '2024-06-01' })],
    ],
    [
      'hold under conditions that never meet',
      [from(null, null, { when: { thinking: true } }), from(null, null, { when: { thinking: false } })],
    ],
    ['are more and less specific', [from(null, null, { when: { thinking: true } }), from(null, null)]],
  ])('[P22] rows that %s do not overlap', (_name, rows) => {
    expect(faultsOf(rows)).toEqual([])
  })

  it('[P21] two rows of one id', () => {
    expect(faultsOf([from(null, '2024-01-01', { id: 'same' }), from('2024-01-01', null, { id: 'same' })])).toEqual([
      expect.stringMatching(/^id: the id same is also that of lab\.json:\d+:\d+$/),
    ])
  })

  const variants = (...written: Written[]): Written => ({
    variants: written.map((each, index) => ({ name: `v${index}`, ...each })),
  })
  const input = { rates: { input: '2' } }

  it.each<[string, Written]>([
    [
      'ranges',
      variants({ ...input, when: { input_tokens: { lte: 10 } } }, { ...input, when: { input_tokens: { gte: 10 } } }),
    ],
    [
      'different things',
      variants({ ...input, when: { thinking: true } }, { ...input, when: { service_tier: 'batch' } }),
    ],
    [
      'windows',
      variants(
        { ...input, when: { time: { zone: 'UTC', windows: ['09:00-12:00'] } } },
        { ...input, when: { time: { zone: 'UTC', windows: ['23:00-09:01'] } } },
      ),
    ],
    [
      'zones',
      variants(
        { ...input, when: { time: { zone: 'UTC', windows: ['09:00-12:00'] } } },
        { ...input, when: { time: { zone: 'Asia/Shanghai', windows: ['12:00-13:00'] } } },
      ),
    ],
    [
      'days a window reaches into',
      variants(
        { ...input, when: { time: { zone: 'UTC', windows: ['23:00-01:00'], weekdays: ['mon'] } } },
        { ...input, when: { time: { zone: 'UTC', windows: ['00:00-02:00'], weekdays: ['tue'] } } },
      ),
    ],
    [
      'spans a window reaches into',
      variants(
        { ...input, when: { time: { zone: 'UTC', windows: ['23:00-01:00'], to: '2024-06-01' } } },
        { ...input, when: { time: { zone: 'UTC', windows: ['00:00-02:00'], from: '2024-06-01' } } },
      ),
    ],
  ])('[P22] equally specific variants that price the same under %s that can meet', (_name, row) => {
    expect(faultsOf([row])).toEqual([
      expect.stringMatching(
        /^variants: v\d \(.+\) and v\d \(.+\) can hold at once, are equally specific and both price input$/,
      ),
    ])
  })

  it.each<[string, Written]>([
    [
      'ranges',
      variants({ ...input, when: { input_tokens: { lt: 10 } } }, { ...input, when: { input_tokens: { gte: 10 } } }),
    ],
    ['answers', variants({ ...input, when: { thinking: true } }, { ...input, when: { thinking: false } })],
    [
      'windows',
      variants(
        { ...input, when: { time: { zone: 'UTC', windows: ['09:00-12:00'] } } },
        { ...input, when: { time: { zone: 'UTC', windows: ['12:00-09:00'] } } },
      ),
    ],
    [
      'weekdays',
      variants(
        { ...input, when: { time: { zone: 'UTC', weekdays: ['mon', 'tue'] } } },
        { ...input, when: { time: { zone: 'UTC', weekdays: ['wed'] } } },
      ),
    ],
    [
      'spans of days',
      variants(
        { ...input, when: { time: { zone: 'UTC', to: '2024-06-01' } } },
        { ...input, when: { time: { zone: 'UTC', from: '2024-06-01' } } },
      ),
    ],
    [
      'calendars',
      variants(
        { ...input, when: { time: { zone: 'UTC', only_on: 'holidays' } } },
        { ...input, when: { time: { zone: 'UTC', not_on: 'holidays' } } },
      ),
    ],
    [
      'components',
      variants({ ...input, when: { thinking: true } }, { rates: { output: '1' }, when: { service_tier: 'batch' } }),
    ],
  ])('[P22] equally specific variants with %s that never meet', (_name, row) => {
    expect(faultsOf([row])).toEqual([])
  })

  it('[P21] two variants of one name', () => {
    const twice = [
      { name: 'a', when: { thinking: true }, ...input },
      { name: 'a', when: { thinking: false }, ...input },
    ]
    expect(faultsOf([{ variants: twice }])).toEqual(['rows[0].variants: must have names that differ; got a list'])
  })

  const tiers = (first: Written, second: Written): Written =>
    variants({ ...input, when: { input_tokens: first } }, { ...input, when: { input_tokens: second } })
  it('[P23] a gap between tiers', () => {
    expect(faultsOf([tiers({ lte: 32_000 }, { gt: 64_000 })])).toEqual([
      'variants: tier gap: input has no price for input_tokens from 32001 to 64000',
    ])
    expect(faultsOf([tiers({ lt: 32_000 }, { gt: 32_000 })])).toEqual([
      'variants: tier gap: input has no price for input_tokens from 32000 to 32000',
    ])
  })

  it('[P23] no gap where the tiers join, where the row prices what lies between, or where another condition divides them', () => {
    expect(faultsOf([tiers({ lte: 32_000 }, { gt: 32_000 })])).toEqual([])
    expect(faultsOf([{ ...tiers({ lte: 32_000 }, { gt: 64_000 }), ...PRICED }])).toEqual([])
    const divided = variants(
      { ...input, when: { input_tokens: { lte: 10 }, output_tokens: { lte: 200 } } },
      { ...input, when: { input_tokens: { lte: 10 }, output_tokens: { gt: 200 } } },
      { ...input, when: { input_tokens: { gt: 10 } } },
    )
    expect(faultsOf([divided])).toEqual([])
  })
})
