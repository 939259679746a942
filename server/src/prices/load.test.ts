import { describe, expect, it } from 'vitest'
import { loadRows, type Written } from './fixtures/lab-book.ts'
import { usePriceBook } from './book.ts'
import { loadBook } from './load.ts'
import { problemText } from './problem.ts'

const PRICED = { rates: { input: '1' } }

/** What is wrong with rows of a book, without the places. */
function faultsOf(rows: readonly Written[]): string[] {
  return loadRows(rows).problems.map(({ path, message }) => `${path}: ${message}`)
}

/** What is wrong with a book of exactly this text, with the places. */
function readText(text: string): string[] {
  return loadBook({ books: [{ path: 'pricebook/lab.json', text }], calendars: [] }).problems.map(problemText)
}

describe('places', () => {
  const row = (more: string): string => `{
  "provider": "lab", "zone": "UTC",
  "rows": [
    { "id": "a", "model": "m", "per": 1000000, "basis": "capacity", "confidence": "high",
      "recorded_at": "2024-01-01", ${more} }
  ]
}`

  it.each([
    [
      'a price that is the noise of a float, and no currency',
      row('"rates": { "input": "0.049999999999999996" }'),
      [
        'pricebook/lab.json:4:5: rows[0].currency: is missing: it must be a text',
        'pricebook/lab.json:5:56: rows[0].rates.input: 0.049999999999999996: did you mean 0.05?',
      ],
    ],
    [
      'a price below zero, and one that is a number',
      row('"currency": "CNY",\n      "rates": { "input": "-1", "output": 2 }'),
      [
        'pricebook/lab.json:6:27: rows[0].rates.input: -1: a price cannot be negative',
        'pricebook/lab.json:6:43: rows[0].rates.output: must be a price in quotes, such as "0.8"; got 2',
      ],
    ],
    [
      'a key that stands twice',
      row('"currency": "CNY", "rates": { "input": "1",\n        "input": "2" }'),
      ['pricebook/lab.json:6:9: the key "input" is here twice'],
    ],
    [
      'no JSON',
      '{\n  "provider": "lab",\n}',
      ['pricebook/lab.json:3:1: this is not JSON: a key in quotes must stand here'],
    ],
    ['half a file', '{\n  "rows": [', ['pricebook/lab.json:2:12: this is not JSON: the file ends too early']],
    ['no object', '[]', ['pricebook/lab.json:1:1: must be an object with keys and values; got a list']],
    ['an empty file', '', ['pricebook/lab.json:1:1: this is not JSON: the file ends too early']],
  ])('[P21] %s', (_name, text, problems) => {
    expect(readText(text)).toEqual(problems)
  })

  it('[P21] refuses the whole book, with everything that is wrong', () => {
    const loaded = loadRows([{ rates: { input: '-1' } }, { per: 3, rates: { input: '1' } }])
    expect(() => usePriceBook(loaded, () => null)).toThrow(
      /^The price book has 2 errors:\n {2}lab\.json:\d+:\d+: rows\[0\]\.rates\.input: -1: a price cannot be negative\n {2}lab\.json:\d+:\d+: rows\[1\]\.per: must be 1, 1000, 1000000 or another divisor of a million; got 3$/,
    )
  })
})

describe('fields', () => {
  it.each<[string, Written, string[]]>([
    [
      'an unknown key',
      { ...PRICED, inptu: '1' },
      [
        'rows[0].inptu: is not a known key; known are id, level, model, match, currency, revision, per, variants, tier_scope, when, same_as, valid_from, valid_to, recorded_at, retracted_at, basis, source, confidence, verified, from_basis, change_between, promo, note, rates',
      ],
    ],
    [
      'an unknown component',
      { rates: { tokens: '1' } },
      [
        'rows[0].rates.tokens: must be one of cached_input, cache_write_1h, cache_write, input, audio_input, image_input, reasoning, output, audio_output, image_output, cache_storage, cache_storage_minute, cache_call, image, video_second, audio_second, character, search_unit, search_call, fetch_call, request, capacity_month; got "tokens"',
      ],
    ],
    [
      'no price',
      {},
      [
        'rows[0].rates: is missing: it must price something: cached_input, cache_write_1h, cache_write, input, audio_input, image_input, reasoning, output, audio_output, image_output, cache_storage, cache_storage_minute, cache_call, image, video_second, audio_second, character, search_unit, search_call, fetch_call, request, capacity_month',
      ],
    ],
    [
      'a currency in words',
      { ...PRICED, currency: 'yuan' },
      ['rows[0].currency: must be three capital letters such as CNY; got "yuan"'],
    ],
    [
      'a day there is not',
      { ...PRICED, valid_from: '2024-04-31' },
      [
        'rows[0].valid_from: must be a day such as 2024-05-21, or an instant such as 2024-05-20T16:00:00Z; got "2024-04-31"',
      ],
    ],
    [
      'a time without its offset',
      { ...PRICED, valid_to: '2024-05-01T00:00' },
      [
        'rows[0].valid_to: must be a day such as 2024-05-21, or an instant such as 2024-05-20T16:00:00Z; got "2024-05-01T00:00"',
      ],
    ],
    [
      'an end before the beginning',
      { ...PRICED, valid_from: '2024-05-02', valid_to: '2024-05-01' },
      ['rows[0].valid_to: must be later than valid_from; got "2024-05-01"'],
    ],
    [
      'forgotten before known',
      { ...PRICED, retracted_at: '2023-01-01' },
      ['rows[0].retracted_at: must be later than recorded_at; got "2023-01-01"'],
    ],
    ['known at no time', { ...PRICED, recorded_at: null }, ['rows[0].recorded_at: is missing: it must be a text']],
    ['no source', { ...PRICED, source: [] }, ['rows[0].source: must name a source: a key of sources.json; got a list']],
    [
      'a source nobody knows',
      { rates: { input: { price: '1', source: ['X'] } } },
      ['source: X is not in sources.json'],
    ],
    [
      'no confidence',
      { ...PRICED, confidence: 'sure' },
      ['rows[0].confidence: must be one of high, medium, low; got "sure"'],
    ],
    [
      'a level of its own',
      { ...PRICED, level: 'mine' },
      ['rows[0].level: must be one of override, contract, shipped, feed; got "mine"'],
    ],
    [
      'a copy of nothing',
      { same_as: { model: 'lab/x', at: '2024-01-01' } },
      ['same_as: lab/x has no shipped price in CNY at 2024-01-01T00:00:00.000Z to copy'],
    ],
    [
      'units of nothing',
      { per: 0, ...PRICED },
      ['rows[0].per: must be 1, 1000, 1000000 or another divisor of a million; got 0'],
    ],
    ['a promotion in words', { ...PRICED, promo: 'yes' }, ['rows[0].promo: must be true or false; got "yes"']],
  ])('[P21] %s', (_name, row, faults) => {
    expect(faultsOf([row])).toEqual(faults)
  })

  const variant = (when: unknown, more: Written = {}): Written => ({
    ...PRICED,
    variants: [{ when, rates: { input: '2' }, ...more }],
  })
  const path = 'rows[0].variants[0]'
  it.each<[string, Written, string[]]>([
    [
      'an empty condition',
      variant({}),
      [
        `${path}.when: must name a condition: input_tokens, output_tokens, context_window, thinking, modality, service_tier, time; got an object`,
      ],
    ],
    ['no condition', variant(undefined), [`${path}.when: is missing: it must be an object with keys and values`]],
    [
      'two lower limits',
      variant({ input_tokens: { gt: 1, gte: 2 } }),
      [
        `${path}.when.input_tokens: must have one lower limit (gt or gte), one upper limit (lt or lte), or both; got an object`,
      ],
    ],
    [
      'limits without room',
      variant({ input_tokens: { gt: 5, lt: 6 } }),
      [`${path}.when.input_tokens: must leave room between its limits; got an object`],
    ],
    [
      'half a token',
      variant({ output_tokens: { lte: 0.5 } }),
      [`${path}.when.output_tokens.lte: must be a whole number from zero upwards; got 0.5`],
    ],
    [
      'a zone there is not',
      variant({ time: { zone: 'Beijing', windows: ['09:00-12:00'] } }),
      [`${path}.when.time.zone: must be an IANA time zone such as Asia/Shanghai; got "Beijing"`],
    ],
    [
      'a window of no length',
      variant({ time: { zone: 'UTC', windows: ['09:00-09:00'] } }),
      [`${path}.when.time.windows[0]: must be a window such as 09:00-12:00; got "09:00-09:00"`],
    ],
    [
      'a window past midnight',
      variant({ time: { zone: 'UTC', windows: ['09:00-24:01'] } }),
      [`${path}.when.time.windows[0]: must be a window such as 09:00-12:00; got "09:00-24:01"`],
    ],
    [
      'no window',
      variant({ time: { zone: 'UTC', windows: [] } }),
      [`${path}.when.time.windows: must have an item, or be left out; got a list`],
    ],
    [
      'a span that ends before it begins',
      variant({ time: { zone: 'UTC', from: '2024-02-01', to: '2024-01-01' } }),
      [`${path}.when.time.to: must be later than from; got "2024-01-01"`],
    ],
    [
      'two calendars',
      variant({ time: { zone: 'UTC', not_on: 'holidays', only_on: 'holidays' } }),
      [`${path}.when.time: must have not_on or only_on, not both; got an object`],
    ],
    [
      'a time that says nothing',
      variant({ time: { zone: 'UTC' } }),
      [`${path}.when.time: must say when: windows, weekdays, from, to, not_on or only_on; got an object`],
    ],
    [
      'a weekday there is not',
      variant({ time: { zone: 'UTC', weekdays: ['monday'] } }),
      [`${path}.when.time.weekdays[0]: must be one of sun, mon, tue, wed, thu, fri, sat; got "monday"`],
    ],
    [
      'a calendar there is not',
      variant({ time: { zone: 'UTC', not_on: 'moon' } }),
      [`${path}.when.time.not_on: must be one of holidays; got "moon"`],
    ],
    [
      'a name with blanks',
      variant({ thinking: true }, { name: 'deep thought' }),
      [`${path}.name: must have no blanks and no "#"; got "deep thought"`],
    ],
    [
      'no price under a condition',
      variant({ thinking: true }, { rates: {} }),
      [`${path}.rates: must price something; got an object`],
    ],
  ])('[P21] %s', (_name, row, faults) => {
    expect(faultsOf([row])).toEqual(faults)
  })
})

describe('calendars', () => {
  const yearOf = (more: Written): Written => ({ year: '2026', source: 'a page', holidays: [], ...more })
  it.each<[string, Written, string]>([
    ['a year as a number', yearOf({ year: 2026 }), 'calendars/x.json:1:34: years[0].year: must be a text; got 2026'],
    [
      'no year',
      yearOf({ year: 'soon' }),
      'calendars/x.json:1:34: years[0].year: must be a year in quotes, such as "2026"; got "soon"',
    ],
    ['no source', yearOf({ source: '' }), 'calendars/x.json:1:50: years[0].source: must be a text; got ""'],
    [
      'a day of another year',
      yearOf({ holidays: [{ name: 'a', first: '2026-12-31', last: '2027-01-01' }] }),
      'calendars/x.json:1:111: years[0].holidays[0].last: must be a day of 2026, such as 2026-10-01; got "2027-01-01"',
    ],
    [
      'an end before the beginning',
      yearOf({ holidays: [{ name: 'a', first: '2026-05-02', last: '2026-05-01' }] }),
      'calendars/x.json:1:71: years[0].holidays[0]: must not end before it begins; got an object',
    ],
  ])('[P21] %s', (_name, year, problem) => {
    const text = JSON.stringify({ calendar: 'x', years: [year] })
    const { problems } = loadBook({ books: [], calendars: [{ path: 'calendars/x.json', text }] })
    expect(problems.map(problemText)).toEqual([problem])
  })
})
