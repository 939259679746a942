import type { Invoice, InvoiceLine } from '@paddock/contract/invoice'
import { joinPico, PICO_PER_WHOLE } from '../../money/split-pico.ts'
import { USAGE_COUNTERS } from '@paddock/contract/usage'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { divideHalfEven } from '../../money/divide-half-even.ts'
import { formatPico, type Pico } from '../../money/fixed-point.ts'
import { sumsOf } from '../columns.ts'
import { usageOf, type EntryRow } from '../entry-row.ts'
import { floorTo } from '../../prices/zone.ts'
import { HOUR_MS } from '../rollup.ts'
import { rollupsOf, type Stretch } from '../rollup-stretch.ts'
import { requireEntries } from '../retention/mark.ts'
import { addMonths, startOfMonth } from '../retention/month.ts'
import type { BooksTables } from '../tables.ts'

export type InvoiceRequest = {
  /** "2024-05", in `zone`. */
  readonly month: string
  readonly zone: string
  readonly by: 'team' | 'key'
  /** Only of this team, by its id. */
  readonly team?: string | undefined
}

type Sum = Pick<EntryRow, 'organisation_id' | 'team_id' | 'provider' | 'model'> & {
  readonly key_id: string
  readonly currency: string
  readonly orphan: bigint
  readonly requests: bigint
  readonly input: bigint
  readonly cached_input: bigint
  readonly cache_write: bigint
  readonly cache_write_1h: bigint
  readonly output: bigint
  readonly reasoning: bigint
  readonly whole: bigint
  readonly pico: bigint
}

/** The hundredth of a unit, to which lines are rounded. */
const PICO_PER_HUNDREDTH = PICO_PER_WHOLE / 100n

/** The invoices of a month: Σ exact of all of them = Σ charges of the month's entries, but for what is held back. */
export async function makeInvoices(tables: Kysely<BooksTables>, request: InvoiceRequest): Promise<Invoice[]> {
  const groups = new Map<string, Sum[]>()
  for (const sum of await readSums(tables, request)) {
    const name = JSON.stringify([sum.organisation_id, sum.team_id, sum.key_id, sum.currency])
    groups.set(name, [...(groups.get(name) ?? []), sum])
  }
  return [...groups.values()].map((sums) => invoiceOf(sums, request))
}

async function readSums(tables: Kysely<BooksTables>, request: InvoiceRequest): Promise<Sum[]> {
  const { month, zone, team } = request
  const from = startOfMonth(month, zone)
  const to = startOfMonth(addMonths(month, 1), zone)
  await requireEntries(tables, from, `An invoice of ${month}`)
  const key = request.by === 'key' ? sql.ref('key_id') : sql.lit('')
  const whose = team === undefined ? sql`TRUE` : sql`team_id = ${team}`
  const { rows } = await sql<Sum>`
    SELECT organisation_id, team_id, ${key} AS key_id, currency, provider, model, orphan, ${ADDED}
    FROM (${partsOf({ from, to })}) WHERE ${whose}
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING ${IS_SOMETHING} ORDER BY 1, 2, 3, 4, 5, 6, 7`.execute(tables)
  return rows
}

const COUNTS = ['requests', ...USAGE_COUNTERS] as const
const ADDED = sumsOf([...COUNTS, 'whole', 'pico'])
/** What was taken back again, and what was lost at a provider, leaves lines with nothing in them. */
const IS_SOMETHING = sql.raw([...COUNTS, 'whole', 'pico'].map((name) => `sum(${name}) <> 0`).join(' OR '))

/**
 * The rollups of the whole hours, without what races made themselves, which is nobody's bill; and the entries of the
 * minutes before and behind them, in the zones that have any.
 */
function partsOf({ from, to }: Stretch): RawBuilder<unknown> {
  const hours = { from: floorTo(from + HOUR_MS - 1, HOUR_MS), to: floorTo(to, HOUR_MS) }
  const [start, firstHour, endHour, end] = [from, hours.from, hours.to, to].map(BigInt)
  return sql`
    SELECT organisation_id, team_id, key_id, charge_currency AS currency, provider, model, state = 'orphan' AS orphan,
      ${sql.raw(COUNTS.join(', '))}, charge_whole AS whole, charge_pico AS pico
    FROM rollups WHERE practice = 0 AND charge_currency <> '' AND ${rollupsOf(hours)}
    UNION ALL ${entriesAs(-1)} AND mirror_of IS NOT NULL AND at >= ${firstHour} AND at < ${endHour}
    UNION ALL ${entriesAs(1)} AND mirror_of IS NULL AND at >= ${start} AND at < ${firstHour}
    UNION ALL ${entriesAs(1)} AND mirror_of IS NULL AND at >= ${endHour} AND at < ${end}`
}

/** Entries that are charged, to be added or taken off. */
function entriesAs(sign: 1 | -1): RawBuilder<unknown> {
  const counters = USAGE_COUNTERS.map((name) => `${sign} * ${name}`).join(', ')
  const amount = `${sign} * (charge_pico / ${PICO_PER_WHOLE}), ${sign} * (charge_pico % ${PICO_PER_WHOLE})`
  return sql.raw(`SELECT organisation_id, team_id, key_id, charge_currency, provider, model, state = 'orphan',
      ${sign} * (kind = 'request'), ${counters}, ${amount}
    FROM entries WHERE practice = 0 AND charge_pico IS NOT NULL`)
}

function invoiceOf(sums: readonly Sum[], { month, zone, by }: InvoiceRequest): Invoice {
  const { organisation_id, team_id, key_id, currency } = sums[0] as Sum
  const billed = sums.filter(({ orphan }) => orphan === 0n)
  const held = sums.filter(({ orphan }) => orphan !== 0n)
  const lines = billed.map(lineOf)
  const exact = addUp(billed)
  const total = lines.reduce((sum, { rounded }) => sum + rounded, 0n)
  return {
    number: `${month}-${by === 'key' ? key_id : team_id}-${currency}`,
    month,
    zone,
    organisation_id,
    team_id,
    key_id: by === 'key' ? key_id : null,
    currency,
    lines: lines.map(({ line }) => line),
    total: hundredths(total),
    exact: formatPico(exact),
    residue: formatPico((total - exact) as Pico),
    held_back: {
      requests: held.reduce((count, { requests }) => count + Number(requests), 0),
      exact: formatPico(addUp(held)),
    },
  }
}

function lineOf(sum: Sum): { readonly line: InvoiceLine; readonly rounded: bigint } {
  const exact = addUp([sum])
  const rounded = divideHalfEven(exact, PICO_PER_HUNDREDTH) * PICO_PER_HUNDREDTH
  const { provider, model, requests } = sum
  const line = {
    provider,
    model,
    requests: Number(requests),
    usage: usageOf(sum),
    amount: hundredths(rounded),
    exact: formatPico(exact),
  }
  return { line, rounded }
}

function addUp(sums: readonly Sum[]): Pico {
  return sums.reduce((total, { whole, pico }) => total + joinPico({ whole, pico }), 0n) as Pico
}

/** With two decimals, of what was rounded to them. */
function hundredths(amount: bigint): Invoice['total'] {
  return formatPico(amount as Pico).slice(0, -10) as Invoice['total']
}
