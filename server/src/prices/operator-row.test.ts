import { describe, expect, it } from 'vitest'
import { bookOf, loadRows, type Written } from './fixtures/lab-book.ts'
import { loadBook } from './load.ts'
import { problemText } from './problem.ts'

describe('prices of the operator', () => {
  const own = { model: 'lab/m', currency: 'CNY', per: '1000000', input: '1', output: '2', valid_from: '2024-01-01' }
  const faults = (raw: unknown): string[] => loadRows([], { own: [raw as Written] }).problems.map(problemText)

  it('[P24] are rows of level override, with every component as a key', () => {
    const book = bookOf([], {
      own: [{ ...own, cached_input: '0.1', variants: [{ when: { thinking: 'true' }, output: '3' }] }],
    })
    expect(book.rows()).toMatchObject([
      {
        id: 'lab/m@CNY:2024-01-01:override:2e4d06c9',
        level: 'override',
        provider: 'lab',
        model: 'm',
        rates: {
          input: { price: '1', per: 1_000_000 },
          cached_input: { price: '0.1', per: 1_000_000 },
          output: { price: '2', per: 1_000_000 },
        },
        variants: [{ name: '1', when: { thinking: true }, rates: { output: { price: '3', per: 1_000_000 } } }],
        valid_from: '2024-01-01T00:00:00.000Z',
        recorded_at: null,
      },
    ])
  })

  it('[P2][P24] begin their days where the provider of the model begins them', () => {
    const files = {
      books: [{ path: 'b.json', text: '{"provider":"east","zone":"Asia/Shanghai","rows":[]}' }],
      calendars: [],
    }
    const rows = loadBook(files, [
      { raw: { ...own, model: 'east/m' }, place: '1' },
      { raw: { ...own, model: 'elsewhere/m' }, place: '2' },
    ]).rows
    expect(rows.map(({ row }) => row.valid_from)).toEqual(['2023-12-31T16:00:00.000Z', '2024-01-01T00:00:00.000Z'])
  })

  it.each<[string, unknown, string[]]>([
    ['no provider', { ...own, model: 'm' }, ['paddock.yaml:3:5: model: must be written provider/model; got "m"']],
    [
      'no model and no currency',
      { per: '1', input: '1' },
      [
        'paddock.yaml:3:5: model: is missing: it must be a text',
        'paddock.yaml:3:5: currency: is missing: it must be a text',
      ],
    ],
    [
      'no units',
      { ...own, per: null },
      ['paddock.yaml:3:5: per: is missing: it must be a whole number from zero upwards'],
    ],
    [
      'noise',
      { ...own, input: '0.049999999999999996' },
      ['paddock.yaml:3:5: input: 0.049999999999999996: did you mean 0.05?'],
    ],
    [
      'a float',
      { ...own, input: '1e-7' },
      ['paddock.yaml:3:5: input: "1e-7" is not a price: write a plain decimal such as "0.8"'],
    ],
    [
      'a copy with a price of its own',
      { ...own, same_as: { model: 'lab/n', at: '2024-01-01' } },
      ['paddock.yaml:3:5: same_as: must stand without prices beside it; got an object'],
    ],
    [
      'conditions of which nothing is left',
      { ...own, variants: [{ when: { input_tokens: null }, input: '0.5' }] },
      [
        'paddock.yaml:3:5: variants[0].when: must name a condition: input_tokens, output_tokens, context_window, thinking, modality, service_tier, time; got an object',
      ],
    ],
    [
      'limits of which nothing is left',
      { ...own, when: { input_tokens: { gt: null } } },
      [
        'paddock.yaml:3:5: when.input_tokens: must have one lower limit (gt or gte), one upper limit (lt or lte), or both; got an object',
      ],
    ],
    [
      'a time of which nothing but the zone is left',
      { ...own, when: { time: { zone: 'UTC', from: null } } },
      ['paddock.yaml:3:5: when.time: must say when: windows, weekdays, from, to, not_on or only_on; got an object'],
    ],
    ['no object', 'free', ['paddock.yaml:3:5: must be an object with keys and values; got "free"']],
    ['nothing', null, ['paddock.yaml:3:5: is missing: it must be an object with keys and values']],
  ])('[P21][P24] %s', (_name, raw, problems) => {
    expect(faults(raw)).toEqual(problems)
  })

  it('[P24] two rows for the same time are refused as those of a book are', () => {
    const problems = loadRows([], { own: [own, { ...own, id: 'other' }] }).problems.map(problemText)
    expect(problems).toEqual([
      'paddock.yaml:3:5: valid_from: overlaps lab/m@CNY:2024-01-01:override:41da38d5 (paddock.yaml:3:5): end one where the other begins, or give the correction a higher revision',
    ])
  })

  it.each([
    ['0.00005', true],
    ['0.00006', false],
    ['0', false],
    ['0.5', false],
    ['4999', false],
    ['5000', true],
    ['800000', true],
  ])('[P24] %s where 0.5 is listed: worth a warning is %s', (input, warned) => {
    const listed = [
      { rates: { input: '0.1' }, valid_to: '2023-06-01' },
      { rates: { input: '0.5' }, valid_from: '2023-06-01' },
    ]
    const book = bookOf(listed, { own: [{ ...own, input }] })
    const warning = `lab/m: input at ${input} per 1000000 is 10,000 times more or less than the list price, 0.5 per 1000000 (row-1): are the units right?`
    expect(book.problems).toEqual(
      warned ? [{ severity: 'warning', place: 'paddock.yaml:3:5', path: 'input', message: warning }] : [],
    )
  })

  it('[P24] have another id once they are edited, so that an entry names the price it was priced with', () => {
    const id = (input: string): string => {
      const raw = { model: 'lab/m', currency: 'CNY', per: '1000000', input }
      const [row] = bookOf([], { own: [raw] }).rows({ level: 'override' })
      return row?.id ?? ''
    }
    expect(id('1')).toMatch(/^lab\/m@CNY:open:override:[0-9a-f]{8}$/)
    expect(id('1')).toBe(id('1'))
    expect(id('1')).not.toBe(id('2'))
  })
})
