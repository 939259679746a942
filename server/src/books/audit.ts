import type { Decimal } from '@paddock/contract/decimal'
import type { EntryRecord } from '@paddock/contract/entry'
import type { Quote } from '@paddock/contract/quote'
import { isoInstant } from '../base/clock.ts'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import { entryOf, type EntryRow } from './entry-row.ts'
import { lossesIn } from './retry-loss.ts'
import { Rollup, rollupName, type RollupRow } from './rollup.ts'
import { rowChecksum, type CheckedRow, type CheckedTable } from './row-checksum.ts'
import { cellName, Cells, type CellRow } from './whatif/cells.ts'

/** Prices an entry again from the price book; null where the book cannot say. */
export type Requote = (entry: EntryRecord) => Quote | null

export type AuditResult = {
  readonly ok: boolean
  readonly entries: number
  /** What we owe, per currency, practice aside: `costs` and `retry_loss` together. */
  readonly totals: Readonly<Record<string, Decimal>>
  /** What the answers cost: what `whatif` compares with. */
  readonly costs: Readonly<Record<string, Decimal>>
  /** What attempts without an answer cost. */
  readonly retry_loss: Readonly<Record<string, Decimal>>
  readonly practice_totals: Readonly<Record<string, Decimal>>
  /** Entries whose amount was calculated again from their price rows, and came out the same. */
  readonly requoted: number
  /** Rows of before there were checksums: whether a byte of them was changed cannot be said. */
  readonly unchecked: number
  /** Sentences that say what does not agree, and where. Empty when `ok`. */
  readonly problems: readonly string[]
}

/** Enough to see what is wrong; a thousand more would say the same. */
const PROBLEMS_MAX = 100

type Totals = Map<string, bigint>
type Owed = { readonly currency: string; readonly amount: bigint }

/** A row that has a checksum, and what it is called in a report. */
export type RowOf<Table extends CheckedTable> = {
  readonly table: Table
  readonly name: string
  readonly row: CheckedRow<Table> & { readonly checksum: bigint | null }
}

/** The sums the ledger has of a day. */
export type StoredSums = { readonly rollups: readonly RollupRow[]; readonly cells: readonly CellRow[] }

/** How rows of a kind are told apart, and what they are called in a report. */
type Named<Row> = { readonly name: (row: Row) => string; readonly describe: (row: Row) => string }

/** The sums of a ledger, made again from its entries alone. */
export class Audit {
  readonly #requote: Requote | undefined
  readonly #totals: Totals = new Map()
  readonly #costs: Totals = new Map()
  readonly #losses: Totals = new Map()
  readonly #practiceTotals: Totals = new Map()
  readonly #problems: string[] = []
  #day = new Rollup()
  #cells = new Cells()
  #entries = 0
  #requoted = 0
  #unchecked = 0
  #ok = true

  constructor(requote?: Requote) {
    this.#requote = requote
  }

  get entries(): number {
    return this.#entries
  }

  report(problem: string): void {
    this.#ok = false
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem)
  }

  /** Takes an entry of the day at hand. */
  add(row: EntryRow): void {
    this.#entries += 1
    const isAsWritten = this.checkBytes({ table: 'entries', name: row.id, row })
    const entry = this.#read(row)
    // What it adds to the sums cannot be told: they will not agree either.
    if (entry === null) return
    this.#day.add(row)
    this.#cells.add(row)
    const { cost_currency: currency, cost_pico: amount } = row
    if (amount !== null && currency !== null) this.#owe(row, this.#costs, { currency, amount })
    for (const loss of lossesIn(row.attempts)) this.#owe(row, this.#losses, loss)
    if (isAsWritten) this.#requoteEntry(entry)
  }

  /** Reports a row that is not as it was written. */
  reportChanged(table: CheckedTable, name: string): void {
    this.report(`Row ${name} of ${table} is not as it was written: its bytes were changed.`)
  }

  /** Whether a row has the bytes it was written with, as far as its checksum tells; reports it where not. */
  checkBytes<Table extends CheckedTable>({ table, name, row }: RowOf<Table>): boolean {
    if (row.checksum === null) this.#unchecked += 1
    else if (row.checksum !== rowChecksum(table, row)) {
      this.reportChanged(table, name)
      return false
    }
    return true
  }

  /** All entries of a day have been added: these are the sums the ledger has for it. */
  closeDay({ rollups, cells }: StoredSums): void {
    this.#compareAll(this.#day.rows(), rollups, { name: rollupName, describe })
    this.#compareAll(this.#cells.rows(), cells, { name: cellName, describe: describeCell })
    this.#day = new Rollup()
    this.#cells = new Cells()
  }

  result(): AuditResult {
    return {
      ok: this.#ok,
      entries: this.#entries,
      totals: written(this.#totals),
      costs: written(this.#costs),
      retry_loss: written(this.#losses),
      practice_totals: written(this.#practiceTotals),
      requoted: this.#requoted,
      unchecked: this.#unchecked,
      problems: this.#problems,
    }
  }

  #owe({ practice }: EntryRow, part: Totals, { currency, amount }: Owed): void {
    if (practice === 1n) addTo(this.#practiceTotals, currency, amount)
    else {
      addTo(this.#totals, currency, amount)
      addTo(part, currency, amount)
    }
  }

  #read(row: EntryRow): EntryRecord | null {
    try {
      return entryOf(row)
    } catch (failure) {
      this.report(`Entry ${row.id} cannot be read: ${String(failure)}`)
      return null
    }
  }

  /** A correction has no usage that could be priced. */
  #requoteEntry(entry: EntryRecord): void {
    const isPriced = entry.kind === 'request' && entry.cost.amount !== null
    const quote = isPriced ? this.#requote?.(entry) : null
    if (quote?.state === 'priced') this.#checkPrice(entry, quote)
  }

  /** Where other rows would price it today, the conditions it was priced under are not known here; nothing is compared. */
  #checkPrice(entry: EntryRecord, quote: Quote & { readonly state: 'priced' }): void {
    if (quote.currency !== entry.cost.currency || !isSameSet(quote.rows, entry.price_rows)) return
    if (quote.amount === entry.cost.amount) this.#requoted += 1
    else {
      const { amount, currency } = entry.cost
      this.report(`Entry ${entry.id} costs ${amount} ${currency}; its price rows give ${quote.amount}.`)
    }
  }

  #compareAll<Row extends object>(
    expected: readonly Row[],
    found: readonly Row[],
    { name, describe }: Named<Row>,
  ): void {
    const left = new Map(found.map((row) => [name(row), row]))
    for (const row of expected) {
      const same = left.get(name(row))
      left.delete(name(row))
      if (same === undefined) this.report(`${describe(row)}: there are entries and no rollup.`)
      else this.#compare(row, same, describe)
    }
    for (const row of left.values()) this.report(`${describe(row)}: the rollup has no entries.`)
  }

  #compare<Row extends object>(expected: Row, found: Row, describe: (row: Row) => string): void {
    for (const column of Object.keys(expected) as (keyof Row)[]) {
      if (found[column] === expected[column]) continue
      this.report(
        `${describe(expected)}: ${String(column)} is ${String(found[column])}, the entries give ${String(expected[column])}.`,
      )
    }
  }
}

function addTo(totals: Totals, currency: string, amount: bigint): void {
  totals.set(currency, (totals.get(currency) ?? 0n) + amount)
}

function written(totals: Totals): Record<string, Decimal> {
  const sorted = [...totals].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(sorted.map(([currency, total]) => [currency, formatPico(total as Pico)]))
}

function describe({ grain, start, key_id, provider, model, state }: RollupRow): string {
  return `The ${grain} from ${isoInstant(Number(start))}, key ${key_id}, ${provider}/${model}, ${state}`
}

function describeCell({ cut, start, key_id, provider, model }: CellRow): string {
  const who = cut === 'all' ? 'all keys' : `key ${key_id}`
  return `The price cell (${cut}) from ${isoInstant(Number(start))}, ${who}, ${provider}/${model}`
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each) => right.includes(each))
}
