import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openPriceBook } from '../prices/book.ts'
import type { CliContext } from './context.ts'
import { pricesCommand } from './prices.ts'

const SHIPPED = fileURLToPath(new URL('../../../pricebook', import.meta.url))
const NOW = Date.parse('2026-11-24T12:00Z')

type Said = {
  readonly json: unknown[]
  readonly lines: string[]
  readonly tables: string[][][]
  readonly notes: string[]
}

/** Runs `paddock prices …` on the shipped book, and returns what it wrote. */
async function run(...words: string[]): Promise<Said> {
  const said: Said = { json: [], lines: [], tables: [], notes: [] }
  await runInto(said, words)
  return said
}

async function runInto(said: Said, words: readonly string[]): Promise<void> {
  const never = (): never => {
    throw new Error('prices need no data folder')
  }
  const context: CliContext = {
    output: {
      terminal: false,
      line: (text) => void said.lines.push(text),
      json: (value) => void said.json.push(JSON.parse(JSON.stringify(value))),
      table: (head, rows) => void said.tables.push([[...head], ...rows.map((row) => [...row])]),
      note: (text) => void said.notes.push(text),
      progress: () => undefined,
      write: never,
    },
    clock: { now: () => NOW, elapsed: () => 0 },
    config: never,
    openBooks: never,
    openDirectory: never,
    enteredBudgets: never,
    openPricing: never,
    openOwnedBooks: never,
    billShapes: () => [],
    openPrices: () => Promise.resolve(openPriceBook({ folder: SHIPPED, billingCurrency: () => 'CNY' })),
  }
  await pricesCommand(context)
    .exitOverride()
    .parseAsync([...words], { from: 'user' })
}

describe('paddock prices quote', () => {
  const MILLION = ['--input', '1000000', '--output', '1000000']

  it('prints one JSON value with the exact amount, its lines and its rows', async () => {
    const { json } = await run('quote', '--model', 'deepseek/deepseek-chat', '--at', '2024-05-06', ...MILLION, '--json')
    expect(json).toEqual([
      {
        state: 'priced',
        amount: '3.000000000000',
        currency: 'CNY',
        rows: ['deepseek/deepseek-chat@CNY:2024-04-26'],
        lines: [
          {
            component: 'input',
            units: 1_000_000,
            price: '1',
            per: 1_000_000,
            amount: '1.000000000000',
            row: 'deepseek/deepseek-chat@CNY:2024-04-26',
          },
          {
            component: 'output',
            units: 1_000_000,
            price: '2',
            per: 1_000_000,
            amount: '2.000000000000',
            row: 'deepseek/deepseek-chat@CNY:2024-04-26',
          },
        ],
        notes: [],
      },
    ])
  })

  it.each([
    [
      'every counter',
      [
        '--model',
        'anthropic/claude-haiku-4-5',
        '--input',
        '1',
        '--cached',
        '10',
        '--cache-write',
        '100',
        '--cache-write-1h',
        '1000',
        '--output',
        '10000',
        '--reasoning',
        '100000',
        '--currency',
        'USD',
      ],
      '0.552127000000',
    ],
    ['a tier of service', ['--model', 'openai/gpt-4o-mini', ...MILLION, '--tier', 'batch'], '0.375000000000'],
    [
      'thinking mode',
      ['--model', 'dashscope/qwen-plus', '--input', '1000', '--output', '1000', '--thinking'],
      '0.008800000000',
    ],
    [
      'a context window',
      ['--model', 'moonshot/kimi-latest', '--input', '1000', '--at', '2025-06-01', '--context-window', '32768'],
      '0.005000000000',
    ],
    [
      'other components',
      ['--model', 'deepseek/deepseek-search-fetch', '--units', 'search_call=3', 'fetch_call=1'],
      '0.020000000000',
    ],
    [
      'an instant with an offset',
      ['--model', 'deepseek/deepseek-flash', ...MILLION, '--at', '2026-11-24T09:00:00+08:00'],
      '10.000000000000',
    ],
    ['now, if nothing is said', ['--model', 'deepseek/deepseek-flash', ...MILLION], '5.000000000000'],
    [
      'what was known then',
      ['--model', 'deepseek/deepseek-flash', ...MILLION, '--as-of', '2026-11-24'],
      '5.000000000000',
    ],
  ])('takes %s', async (_name, words, amount) => {
    expect((await run('quote', ...words, '--json')).json).toMatchObject([{ state: 'priced', amount }])
  })

  it('prints an unknown price as unpriced, with the reason', async () => {
    const { json } = await run('quote', '--model', 'openai/gpt-99', ...MILLION, '--json')
    const notes = ['openai/gpt-99 is not in the price book: add its price under prices: in paddock.yaml']
    expect(json).toEqual([{ state: 'unpriced', amount: null, currency: null, rows: [], lines: [], notes }])
    const spoken = await run('quote', '--model', 'openai/gpt-99', ...MILLION)
    expect(spoken).toMatchObject({ lines: ['unpriced'], notes })
  })

  it('prints a table for people', async () => {
    const { tables, lines } = await run(
      'quote',
      '--model',
      'openai/gpt-4o-mini-2024-07-18',
      '--input',
      '3',
      '--reasoning',
      '2',
    )
    const row = 'openai/gpt-4o-mini@USD:2024-07-18'
    expect(tables).toEqual([
      [
        ['COMPONENT', 'UNITS', 'PRICE', 'PER', 'AMOUNT', 'PRICE ROW'],
        ['input', '3', '0.15', '1000000', '0.000000450000', row],
        ['reasoning (as output)', '2', '0.6', '1000000', '0.000001200000', row],
      ],
    ])
    expect(lines).toEqual(['0.000001650000 USD'])
  })

  it.each([
    [['--model', 'gpt'], '--model is written provider/model; got "gpt".'],
    [
      ['--model', 'a/b', '--input', '-1'],
      '--input takes a whole number from zero upwards, of at most 15 digits; got "-1".',
    ],
    [
      ['--model', 'a/b', '--cached', '1e3'],
      '--cached takes a whole number from zero upwards, of at most 15 digits; got "1e3".',
    ],
    [
      ['--model', 'a/b', '--at', 'yesterday'],
      '--at takes a day such as 2024-05-21, or an instant with its offset such as 2024-05-21T09:30:00+08:00; got "yesterday".',
    ],
    [
      ['--model', 'a/b', '--as-of', '2024-02-30'],
      '--as-of takes a day such as 2024-05-21, or an instant with its offset such as 2024-05-21T09:30:00+08:00; got "2024-02-30".',
    ],
    [['--model', 'a/b', '--currency', 'yuan'], '--currency takes three capital letters such as CNY; got "yuan".'],
    [['--model', 'a/b', '--tier', 'cheap'], '--tier takes one of standard, batch, flex, priority, fast; got "cheap".'],
    [
      ['--model', 'a/b', '--units', 'images=1'],
      expect.stringMatching(/^--units takes component=number, the component one of .*; got "images=1"\.$/),
    ],
  ])('refuses %j', async (words, message) => {
    await expect(run('quote', ...words)).rejects.toMatchObject({ code: 'argument_invalid', message })
  })
})

describe('paddock prices list', () => {
  it('prints the rows in force, one object a line', async () => {
    const { json } = await run('list', '--provider', 'deepseek', '--at', '2024-06-01', '--json')
    expect(json).toMatchObject([
      { id: 'deepseek/deepseek-chat@CNY:2024-04-26' },
      { id: 'deepseek/deepseek-chat@USD:open' },
    ])
  })

  it('prints the rows of all times', async () => {
    expect((await run('list', '--all', '--json')).json).toHaveLength(265)
  })

  it('prints a table for people, with units that are not a million', async () => {
    const { tables, notes } = await run('list', '--provider', 'moonshot', '--at', '2024-08-01')
    expect(tables[0]).toContainEqual([
      'moonshot/moonshot context cache',
      'CNY',
      'cache_write 24, cache_storage_minute 10, cache_call 0.02 per 1',
      '2024-06-30',
      '2024-08-06',
      'high',
    ])
    expect(notes[0]).toMatch(/^Rows: 4\./)
  })
})

describe('paddock prices show', () => {
  it('tells the history of a model with its sources and doubts', async () => {
    const { lines } = await run('show', 'qianfan/ernie-4.0-8k')
    expect(lines.join('\n')).toContain(
      [
        'qianfan/ernie-4.0-8k@CNY:2025-03-16',
        '  from 2025-03-15T16:00:00.000Z on',
        '  CNY: input 4, output 16',
        '  CONFLICT: LobeHub keeps 30/90 through 2026-01-25; LLM-Price shows 4/16 (one commit 4/12).',
        '  Not verified. LOW CONFIDENCE: check it before you rely on it.',
        '  L5: github:syaoranwe/LLM-Price@533fc5d:README.md',
      ].join('\n'),
    )
  })

  it('follows aliases, and tells conditions', async () => {
    const { json } = await run('show', 'deepseek/deepseek-v4-flash', '--json')
    expect(json).toHaveLength(7)
    expect(json).toContainEqual(expect.objectContaining({ model: 'deepseek-flash', currency: 'CNY' }))
    const { lines } = await run('show', 'deepseek/deepseek-flash')
    expect(lines).toContain(
      '  peak: input 2, cached_input 0.04, output 8 when mon tue wed thu fri 09:00-12:00 and 14:00-18:00 from 2026-09-10 not on cn-statutory-holidays Asia/Shanghai',
    )
  })

  it('refuses a model that is not there', async () => {
    await expect(run('show', 'openai/gpt-99')).rejects.toMatchObject({
      code: 'argument_invalid',
      message: '"openai/gpt-99" is not in the price book. "paddock prices list --provider openai" shows what is.',
    })
  })
})

describe('paddock prices changes', () => {
  it('prints the price war, one object a line, in the order of time', async () => {
    const { json } = await run('changes', '--from', '2024-05-01', '--to', '2024-06-01', '--json')
    expect(json).toHaveLength(12)
    expect(json).toContainEqual({
      model: 'dashscope/qwen-long',
      component: 'input',
      from: '20',
      to: '0.5',
      percent: '-97.5',
      at: '2024-05-20T16:00:00.000Z',
      currency: 'CNY',
      per: 1_000_000,
    })
  })

  it('prints first prices and ends where all are asked for', async () => {
    const { json } = await run('changes', '--from', '2024-05-01', '--to', '2024-06-01', '--all', '--json')
    expect(json).toContainEqual(
      expect.objectContaining({
        model: 'volcengine/doubao-pro-32k',
        component: 'input',
        from: null,
        to: '0.8',
        percent: null,
      }),
    )
  })

  it('prints a table for people, and says what the reference is', async () => {
    const { tables, notes } = await run('changes', '--from', '2024-05-20', '--to', '2024-05-21')
    expect(tables[0]?.[1]).toEqual([
      '2024-05-20 16:00',
      'dashscope/qwen-long',
      'input',
      '20',
      '0.5',
      'CNY',
      '-97.5 %',
      '',
    ])
    expect(notes).toEqual(['Reference: 1,000 input and 1,000 output tokens, standard tier, outside every time window.'])
  })
})

describe('paddock prices check', () => {
  const warning = {
    severity: 'warning',
    place: 'calendars/cn-statutory-holidays.json',
    path: 'years',
    message:
      'the calendar cn-statutory-holidays has no days of 2027: prices of that year will be those of a year without holidays',
  }

  it('finds no fault with the book in use, but a calendar to complete', async () => {
    expect((await run('check', '--json')).json).toEqual([{ ok: true, rows: 265, problems: [warning] }])
  })

  it('checks a folder', async () => {
    expect((await run('check', SHIPPED)).lines.at(-1)).toBe('rows: 265, errors: 0, warnings: 1')
  })

  it('prints what is wrong, and fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pricebook-'))
    try {
      writeFileSync(join(folder, 'lab.json'), '{ "provider": "lab",\n  "zone": "Mars" }')
      const said: Said = { json: [], lines: [], tables: [], notes: [] }
      const message = 'The price book cannot be used: it has the errors above.'
      await expect(runInto(said, ['check', folder])).rejects.toMatchObject({ code: 'price_invalid', message })
      expect(said.lines).toEqual([
        `error: ${join(folder, 'lab.json')}:2:11: zone: must be an IANA time zone such as Asia/Shanghai; got "Mars"`,
        'rows: 0, errors: 1, warnings: 0',
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('needs the folder to be there', async () => {
    await expect(run('check', join(SHIPPED, 'nowhere'))).rejects.toMatchObject({ code: 'price_invalid' })
  })
})
