import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { billShapes } from '@paddock/contract/bill-shape'
import type { Decimal } from '@paddock/contract/decimal'
import { describe, expect, it } from 'vitest'
import { formatPico, parsePico, type Pico } from '../../money/fixed-point.ts'
import { entryRow } from '../entry-row.ts'
import type { Entry } from '../entry.ts'
import { openStoredBooks } from '../../../../tests/stand-ins/open-store.ts'
import { entryFor, money } from '../../../../tests/stand-ins/samples.ts'
import { bookedLines } from './booked.ts'
import { readAmount } from './read-amount.ts'
import { readBill, type Bill } from './read-bill.ts'
import { reconcile, type DifferenceKind } from './reconcile.ts'

const shapes = billShapes.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../../pricebook/bills/shapes.json'), 'utf8')),
)

function read(text: string | Buffer, options: Partial<Parameters<typeof readBill>[1]> = {}): Bill {
  return readBill(Buffer.from(text), { shapes, from: null, to: null, decimalComma: null, ...options })
}

function amounts(bill: Bill): string[] {
  return bill.lines.map((line) => `${line.day} ${line.model} ${formatPico(line.amount)} ${line.currency}`)
}

describe('amounts on bills', () => {
  it.each([
    ['0.5882175', '0.588217500000'],
    ['2.9492980000000000', '2.949298000000'],
    ['¥1,234.50', '1234.500000000000'],
    ['1.234,50', '1234.500000000000'],
    ['12,5', '12.500000000000'],
    ['1,234,567', '1234567.000000000000'],
    ['-0.2', '-0.200000000000'],
    ['(0.20)', '-0.200000000000'],
    ['USD 7', '7.000000000000'],
    ['3.5元', '3.500000000000'],
    ['1e-05', '0.000010000000'],
    ['0.049999999999999996', '0.050000000000'],
  ])('%s is %s', (text, amount) => {
    expect(formatPico(readAmount(text, null)?.amount ?? (-1n as Pico))).toBe(amount)
  })

  it('are asked back for where a comma could be either', () => {
    expect(readAmount('1,234', null)).toBeNull()
    expect(readAmount('1,234', true)?.amount).toBe(parsePico('1.234'))
    expect(readAmount('1,234', false)?.amount).toBe(parsePico('1234'))
    for (const none of ['', 'free', '1.2.3', '12,34,5', '--1', '1e999']) expect(readAmount(none, null)).toBeNull()
  })
})

describe('bills of providers', () => {
  it.each([
    [
      'deepseek-cost',
      'user_id,utc_date,model,wallet_type,cost,currency\nu1,2026-07-01,deepseek-chat,Paid,0.50,CNY\nu1,2026-07-01,deepseek-chat,Granted,0.25,CNY\n',
      ['2026-07-01 deepseek-chat 0.750000000000 CNY'],
    ],
    [
      'deepseek-cost',
      '\uFEFFuser_id,start_time_iso,end_time_iso,model,wallet_type,cost,currency\r\nu1,2026-09-02T00:00:00+08:00,2026-09-03T00:00:00+08:00,deepseek-v4-pro,Paid,0.5882175,CNY\r\n',
      ['2026-09-02 deepseek-v4-pro 0.588217500000 CNY'],
    ],
    [
      'anthropic-cost',
      'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type\n2026-08-04,claude-haiku-4-5,Default,k,message,≤ 200k,input_no_cache,0.05,0.05,token\n2026-08-04,claude-haiku-4-5,Default,k,message,≤ 200k,output,0.15,0.15,token\n',
      ['2026-08-04 claude-haiku-4-5 0.200000000000 USD'],
    ],
    [
      'openai-cost',
      'start_time,start_time_iso,amount_value,amount_currency,line_item,project_id\n1730419200,2024-11-01T00:00:00+00:00,0.06,usd,"gpt-4o-2024-05-13, input",p\n1730419200,2024-11-01T00:00:00+00:00,0.04,usd,"gpt-4o-2024-05-13, output",p\n',
      ['2024-11-01 gpt-4o-2024-05-13 0.100000000000 USD'],
    ],
    [
      'dashscope-detail',
      '消费日期,产品,实例ID,应付金额,币种\n20251220,百炼,12x;llm-x;qwen-max;input_token;app,"¥1,234.50",CNY\n20251220,百炼,12x;llm-x;qwen-max;output_token;app,0.5,CNY\n合计,,,"¥1,235.00",\n',
      ['2025-12-20 qwen-max 1235.000000000000 CNY'],
    ],
    [
      'volcengine-detail',
      '账期,消费日期,产品,配置名称,应付金额\n2024-05,2024/5/21,方舟,doubao-pro-32k,3.2\n',
      ['2024-05-21 doubao-pro-32k 3.200000000000 CNY'],
    ],
  ])('in the shape %s are added up by day and model', (shape, text, lines) => {
    const bill = read(text)
    expect(bill.shape.id).toBe(shape)
    expect(amounts(bill)).toEqual(lines)
  })

  it('are read as a spreadsheet in China writes them', () => {
    const head = Buffer.from([0xcf, 0xfb, 0xb7, 0xd1, 0xc8, 0xd5, 0xc6, 0xda]) // 消费日期 in GBK
    const rest = [0xc5, 0xe4, 0xd6, 0xc3, 0xc3, 0xfb, 0xb3, 0xc6] // 配置名称
    const amount = [0xd3, 0xa6, 0xb8, 0xb6, 0xbd, 0xf0, 0xb6, 0xee] // 应付金额
    const comma = [0x2c]
    const bytes = Buffer.concat([
      head,
      Buffer.from([...comma, ...rest, ...comma, ...amount]),
      Buffer.from('\r\n2024-05-21,doubao-pro-32k,3.2\r\n'),
    ])
    expect(amounts(read(bytes))).toEqual(['2024-05-21 doubao-pro-32k 3.200000000000 CNY'])
  })

  it('are not taken in by half: each line at fault is named', () => {
    const head = 'user_id,utc_date,model,wallet_type,cost,currency\n'
    const good = 'u,2026-07-01,m,Paid,1,CNY\n'
    const span = { from: '2026-07-01', to: '2026-08-01' }
    const broken = `${head}${good}u,2026-06-30,m,Paid,1,CNY\nu,2026-02-31,m,Paid,1,CNY\nu,2026-07-02,m,Paid,"1,234",CNY\nu,2026-07-02,m,Paid,1,coins\n`
    expect(() => read(broken, span)).toThrow(
      expect.objectContaining({
        code: 'argument_invalid',
        message: [
          'Nothing of the bill was taken in.',
          'line 3: 2026-06-30 is not from 2026-07-01 to before 2026-08-01',
          'line 4: utc_date is no day: "2026-02-31"',
          'line 5: cost is no amount, or could be two: "1,234". Say what a comma means with --decimal comma or --decimal point.',
          'line 6: the currency is "COINS"',
        ].join('\n'),
      }),
    )
    expect(() => read('a,b\n1,2\n')).toThrow(/columns are a, b, and no known shape has these/)
    expect(() => read(head)).toThrow(/no lines below its head/)
    expect(() => read('a,"b\n')).toThrow(/It is no CSV/)
  })
})

describe('reconciling', () => {
  const lab = 'day,model,amount\n'
  const shape = {
    id: 'lab',
    provider: 'lab',
    what: 'x',
    source: 'x',
    confidence: 'high' as const,
    day: ['day'],
    model: { column: 'model' },
    amount: ['amount'],
    currency: { fixed: 'CNY' },
  }
  let number = 0
  const booked = (at: string, model: string, amount: string, changes: Partial<Entry> = {}): Entry =>
    entryFor(`e${(number += 1)}`, { at, model, cost: money(amount, 'CNY'), charge: money(amount, 'CNY'), ...changes })

  it('[B60] finds each kind of difference, and the books are right again with what it proposes', async () => {
    await using books = await openStoredBooks()
    const entries = [
      // 23:30 UTC is the next day in Shanghai.
      booked('2024-05-20T23:30:00.000Z', 'exact', '1.5'),
      booked('2024-05-21T10:00:00.000Z', 'exact', '0.25'),
      booked('2024-05-21T10:00:00.000Z', 'rounded', '0.123456'),
      booked('2024-05-21T10:00:00.000Z', 'crashed', '2'),
      booked('2024-05-21T10:00:00.000Z', 'crashed', '5', { state: 'orphan', usage_source: 'estimated' }),
      booked('2024-05-21T10:00:00.000Z', 'counted', '3'),
      booked('2024-05-21T10:00:00.000Z', 'counted', '1', { usage_source: 'counted' }),
      booked('2024-05-21T10:00:00.000Z', 'dearer', '2'),
      booked('2024-05-22T10:00:00.000Z', 'dearer', '3'),
      booked('2024-05-21T10:00:00.000Z', 'shared', '4'),
      booked('2024-05-21T10:00:00.000Z', 'forgotten', '6'),
      booked('2024-05-21T10:00:00.000Z', 'less', '8'),
      booked('2024-05-21T10:00:00.000Z', 'practised', '9', { practice: true }),
      booked('2024-05-23T17:00:00.000Z', 'exact', '7'),
    ]
    books.ledger.write({ rows: entries.map(entryRow), checkpoint: { segment: '', position: 0 }, durable: false })
    const bill = read(
      `${lab}2024-05-21,exact,1.75\n2024-05-21,rounded,0.12\n2024-05-21,crashed,3.1\n2024-05-21,counted,4.4\n2024-05-21,dearer,4\n2024-05-22,dearer,6\n2024-05-21,shared,9\n2024-05-21,elsewhere,10\n2024-05-21,less,7\n`,
      { shapes: [shape] },
    )
    const span = { provider: 'lab', from: '2024-05-21', to: '2024-05-23', zone: 'Asia/Shanghai' }
    const lines = await bookedLines(books.tables, span)
    const found = reconcile(bill.lines, lines, (model) => model)
    const kinds = Object.fromEntries(
      found.lines.map((line) => [`${line.day} ${line.model}`, [line.kind, line.difference]]),
    )
    expect(kinds).toEqual({
      '2024-05-21 exact': ['none', '0.000000000000'],
      '2024-05-21 rounded': ['rounding', '-0.003456000000'],
      '2024-05-21 crashed': ['orphan', '-3.900000000000'],
      '2024-05-21 counted': ['estimated', '0.400000000000'],
      '2024-05-21 dearer': ['price', '2.000000000000'],
      '2024-05-22 dearer': ['price', '3.000000000000'],
      '2024-05-21 shared': ['outside', '5.000000000000'],
      '2024-05-21 elsewhere': ['outside', '10.000000000000'],
      '2024-05-21 forgotten': ['missing', '-6.000000000000'],
      '2024-05-21 less': ['unexplained', '-1.000000000000'],
    } satisfies Record<string, [DifferenceKind, string]>)
    expect(found.totals).toEqual([
      {
        currency: 'CNY',
        billed: '45.370000000000',
        booked: '35.873456000000',
        difference: '9.496544000000',
        capture_percent: '79.07',
        unexplained_percent: '15.43',
        by_kind: {
          rounding: '-0.003456000000',
          orphan: '-3.900000000000',
          estimated: '0.400000000000',
          price: '5.000000000000',
          outside: '15.000000000000',
          missing: '-6.000000000000',
          unexplained: '-1.000000000000',
        },
      },
    ])
    const mended = lines.map((line) => {
      const match = found.lines.find((each) => each.day === line.day && each.model === line.model)
      return { ...line, amount: (line.amount + (parsePico((match?.adjust ?? '0') as Decimal) ?? 0n)) as Pico }
    })
    const again = reconcile(bill.lines, mended, (model) => model).lines.filter(({ kind }) => kind !== 'none')
    expect(again.map(({ kind }) => kind).toSorted()).toEqual(['missing', 'outside', 'outside', 'unexplained'])
  })

  it('knows a model by all its names', async () => {
    await using books = await openStoredBooks()
    const row = entryRow(booked('2024-05-21T10:00:00.000Z', 'chat', '1'))
    books.ledger.write({ rows: [row], checkpoint: { segment: '', position: 0 }, durable: false })
    const span = { provider: 'lab', from: '2024-05-21', to: '2024-05-22', zone: 'UTC' }
    const bill = read(`${lab}2024-05-21,chat-v2,1\n`, { shapes: [shape] })
    const names = (model: string): string => (model === 'chat' ? 'chat-v2' : model)
    const { lines } = reconcile(bill.lines, await bookedLines(books.tables, span), names)
    expect(lines).toMatchObject([{ model: 'chat-v2', kind: 'none' }])
  })
})
