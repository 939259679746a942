import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import type { BillShape } from '@paddock/contract/bill-shape'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { isCurrency } from '../../money/currency.ts'
import type { Pico } from '../../money/fixed-point.ts'
import { readAmount } from './read-amount.ts'

/** A provider's bill, added up by day, model and currency. */
export type Bill = {
  /** Of the file as it came, so that it can be told later which one this was. */
  readonly sha256: string
  readonly shape: BillShape
  readonly lines: readonly BillLine[]
  /** What was passed over and why: totals, lines without an amount. */
  readonly notes: readonly string[]
}

export type BillLine = {
  /** "2024-05-21", in the zone of the bill. */
  readonly day: string
  readonly model: string
  readonly currency: string
  readonly amount: Pico
  /** How far rounding of its parts may have moved the amount. */
  readonly rounding: Pico
}

export type BillOptions = {
  readonly shapes: readonly BillShape[]
  /** Days outside of these (from included, to not) are a mistake in what was given. */
  readonly from: string | null
  readonly to: string | null
  /** True where a comma stands before decimals, false where between thousands; null to tell by the amounts. */
  readonly decimalComma: boolean | null
}

type Row = Readonly<Record<string, string>>
type Numbered = { readonly row: Row; readonly line: number }
type Columns = {
  readonly day: string
  readonly model: string
  readonly amount: string
  readonly currency: string | null
}

const DAY_MS = 86_400_000
const PROBLEMS_TOLD = 10
const TOTAL = /^(total|sum|subtotal|合计|总计|小计|合計)/i

/**
 * Reads a bill whole or not at all. Throws `argument_invalid` naming the lines at fault and how to mend them: a file of another
 * shape, amounts that could be two numbers, days that are none or not of the span.
 */
export function readBill(bytes: Buffer, options: BillOptions): Bill {
  const rows = readRows(decode(bytes))
  const [first] = rows
  if (first === undefined) throw invalid(['The file has no lines below its head.'])
  const { shape, columns } = findShape(Object.keys(first.row), options.shapes)
  const problems: string[] = []
  const notes: string[] = []
  const sums = new Map<string, BillLine>()
  for (const numbered of rows) {
    const line = readLine(numbered, { shape, columns, options })
    if ('problem' in line) problems.push(`line ${numbered.line}: ${line.problem}`)
    else if ('note' in line) notes.push(`line ${numbered.line}: ${line.note}`)
    else addLine(sums, line)
  }
  if (problems.length > 0) throw invalid(problems)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { sha256, shape, lines: [...sums.values()], notes }
}

function invalid(problems: readonly string[]): PaddockError {
  const more = problems.length - PROBLEMS_TOLD
  const told = problems.slice(0, PROBLEMS_TOLD)
  const message = [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
  return new PaddockError('argument_invalid', { message: `Nothing of the bill was taken in.\n${message}` })
}

/** UTF-8, or what spreadsheets in China write. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

function readRows(text: string): Numbered[] {
  try {
    const records = parse(text, {
      columns: (head: string[]) => head.map((name) => name.trim()),
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
    }) as unknown as { record: Row; info: { lines: number } }[]
    return records.map(({ record, info }) => ({ row: record, line: info.lines }))
  } catch (cause) {
    throw invalid([`It is no CSV: ${cause instanceof Error ? cause.message : String(cause)}`])
  }
}

/** The shape whose columns are all there. */
function findShape(head: readonly string[], shapes: readonly BillShape[]): { shape: BillShape; columns: Columns } {
  for (const shape of shapes) {
    const columns = columnsOf(head, shape)
    if (columns) return { shape, columns }
  }
  const known = shapes.map((shape) => {
    const currency = shape.currency.fixed === undefined ? `, ${shape.currency.column}` : ''
    return `${shape.id}: ${shape.day.join(' or ')}, ${shape.model.column}, ${shape.amount.join(' or ')}${currency}`
  })
  throw invalid([
    `Its columns are ${head.map((name) => excerpt(name)).join(', ')}, and no known shape has these. Known are`,
    ...known,
    'Name the columns yourself: --columns day=…,model=…,amount=…,currency=…',
  ])
}

function columnsOf(head: readonly string[], { day, model, amount, currency }: BillShape): Columns | null {
  const first = (names: readonly string[]): string | undefined => names.find((name) => head.includes(name))
  const found = { day: first(day), model: first(model.column.split('|')), amount: first(amount) }
  const money = first(currency.column?.split('|') ?? []) ?? null
  if (found.day === undefined || found.model === undefined || found.amount === undefined) return null
  if (money === null && currency.fixed === undefined) return null
  return { day: found.day, model: found.model, amount: found.amount, currency: money }
}

type Reading = { readonly shape: BillShape; readonly columns: Columns; readonly options: BillOptions }

function readLine(
  { row }: Numbered,
  { shape, columns, options }: Reading,
): BillLine | { readonly problem: string } | { readonly note: string } {
  const [dayText = '', amountText = ''] = [row[columns.day], row[columns.amount]]
  const isTotal = Object.values(row).some((value) => TOTAL.test(value))
  if (isTotal && readDay(dayText) === null) return { note: 'a total, passed over' }
  if (dayText === '' && amountText === '') return { note: 'neither a day nor an amount, passed over' }
  const day = readDay(dayText)
  if (day === null) return { problem: `${columns.day} is no day: "${excerpt(dayText)}"` }
  if ((options.from !== null && day < options.from) || (options.to !== null && day >= options.to))
    return { problem: `${day} is not from ${options.from ?? 'the beginning'} to before ${options.to ?? 'the end'}` }
  const amount = readAmount(amountText, options.decimalComma)
  if (amount === null)
    return {
      problem: `${columns.amount} is no amount, or could be two: "${excerpt(amountText)}". Say what a comma means with --decimal comma or --decimal point.`,
    }
  const currency =
    (columns.currency === null ? '' : (row[columns.currency] ?? '')).toUpperCase() || shape.currency.fixed
  if (currency === undefined || !isCurrency(currency))
    return { problem: `the currency is "${excerpt(currency ?? '')}"` }
  return {
    day,
    model: modelOf(row[columns.model] ?? '', shape),
    currency,
    amount: amount.amount,
    rounding: amount.step,
  }
}

/** The day after "2024-05-21". */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)
}

/** "2024-05-21", "20240521", "2024/5/21", or an instant that begins so, or seconds since 1970. */
function readDay(text: string): string | null {
  if (/^\d{10}$/.test(text)) return new Date(Number(text) * 1000).toISOString().slice(0, 10)
  const parts = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?$/.exec(text)
  if (!parts) return null
  const [, year = '', month = '', day = ''] = parts
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const instant = Date.parse(`${written}T00:00:00Z`)
  return Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== written ? null : written
}

function modelOf(text: string, { model }: BillShape): string {
  if (model.separator === undefined) return text
  return (text.split(model.separator)[model.part ?? 0] ?? '').trim()
}

function addLine(sums: Map<string, BillLine>, line: BillLine): void {
  const name = JSON.stringify([line.day, line.model, line.currency])
  const sum = sums.get(name)
  if (sum === undefined) sums.set(name, line)
  else {
    const [amount, rounding] = [sum.amount + line.amount, sum.rounding + line.rounding] as [Pico, Pico]
    sums.set(name, { ...sum, amount, rounding })
  }
}
