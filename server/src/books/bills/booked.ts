import { joinPico, PICO_PER_WHOLE } from '../../money/split-pico.ts'
import { sql, type Kysely } from 'kysely'
import type { Decimal } from '@paddock/contract/decimal'
import { parsePico, type Pico } from '../../money/fixed-point.ts'
import { DAY_MS, offsetMs, startOfDay } from '../../prices/zone.ts'
import { requireEntries } from '../retention/mark.ts'
import type { BooksTables } from '../tables.ts'

/** What the books have of a provider, by day of its zone, model and currency. */
export type BookedLine = {
  readonly day: string
  readonly model: string
  readonly currency: string
  readonly amount: Pico
  readonly entries: number
  /** Of the amount: what a crash left unknown, and what was estimated or counted because no numbers came. */
  readonly orphans: Pico
  readonly estimated: Pico
}

export type BookedSpan = {
  readonly provider: string
  /** Days from (included) to (not included), "2024-05-21", in `zone`. */
  readonly from: string
  readonly to: string
  readonly zone: string
}

type Sum = {
  readonly hour: bigint
  readonly model: string
  readonly currency: string
  readonly kind: 'orphan' | 'estimated' | 'known'
  readonly entries: bigint
  readonly whole: bigint
  readonly pico: bigint
}

const HOUR_MS = 3_600_000n

/**
 * Sums are made by the hour in the database (with whole numbers: a double among them would make all of it doubles), and hours put into days here: zones of providers are whole hours from UTC.
 */
export async function bookedLines(tables: Kysely<BooksTables>, span: BookedSpan): Promise<BookedLine[]> {
  const { provider, zone } = span
  const [from = 0, to = 0] = [span.from, span.to].map((day) =>
    startOfDay(zone, Date.parse(`${day}T00:00:00Z`) / DAY_MS),
  )
  await requireEntries(tables, from, `Comparing with a bill from ${span.from} on`)
  const { rows } = await sql<Sum>`
    SELECT at / ${HOUR_MS} AS hour, model, cost_currency AS currency,
      CASE WHEN state = 'orphan' THEN 'orphan' WHEN usage_source = 'provider' THEN 'known' ELSE 'estimated' END AS kind,
      sum(kind = 'request') AS entries,
      sum(cost_pico / ${PICO_PER_WHOLE}) AS whole, sum(cost_pico % ${PICO_PER_WHOLE}) AS pico
    FROM entries
    WHERE provider = ${provider} AND at >= ${BigInt(from)} AND at < ${BigInt(to)} AND practice = 0 AND cost_pico IS NOT NULL
    GROUP BY 1, 2, 3, 4`.execute(tables)
  const lines = new Map<string, BookedLine>()
  for (const row of rows) add(lines, { ...row, amount: joinPico(row) }, zone)
  for (const { amount, ...row } of await lostAt(tables, { provider, from, to }))
    add(lines, { ...row, kind: 'estimated', entries: 0n, amount: parsePico(amount) ?? 0n }, zone)
  return [...lines.values()]
}

type Lost = Pick<Sum, 'hour' | 'model' | 'currency'> & { readonly amount: Decimal }

/** Calls that gave no answer and are billed all the same. They stand in the entry of a request, whoever answered that. */
async function lostAt(
  tables: Kysely<BooksTables>,
  { provider, from, to }: { readonly provider: string; readonly from: number; readonly to: number },
): Promise<Lost[]> {
  const { rows } = await sql<Lost>`
    SELECT entries.at / ${HOUR_MS} AS hour, attempt.value ->> '$.model' AS model,
      attempt.value ->> '$.cost.currency' AS currency, attempt.value ->> '$.cost.amount' AS amount
    FROM entries, json_each(entries.attempts) AS attempt
    WHERE entries.at >= ${BigInt(from)} AND entries.at < ${BigInt(to)} AND entries.practice = 0
      AND instr(entries.attempts, '"cost":') > 0
      AND attempt.value ->> '$.provider' = ${provider} AND attempt.value ->> '$.cost.amount' IS NOT NULL`.execute(
    tables,
  )
  return rows
}

type Booked = Pick<Sum, 'hour' | 'model' | 'currency' | 'kind' | 'entries'> & { readonly amount: bigint }

function add(lines: Map<string, BookedLine>, row: Booked, zone: string): void {
  const at = Number(row.hour * HOUR_MS)
  const day = new Date(at + offsetMs(zone, at)).toISOString().slice(0, 10)
  const name = JSON.stringify([day, row.model, row.currency])
  const { amount } = row
  const none = { amount: 0n, entries: 0, orphans: 0n, estimated: 0n }
  const line = lines.get(name) ?? { ...none, day, model: row.model, currency: row.currency }
  lines.set(name, {
    ...line,
    amount: (line.amount + amount) as Pico,
    entries: line.entries + Number(row.entries),
    orphans: (line.orphans + (row.kind === 'orphan' ? amount : 0n)) as Pico,
    estimated: (line.estimated + (row.kind === 'estimated' ? amount : 0n)) as Pico,
  })
}
