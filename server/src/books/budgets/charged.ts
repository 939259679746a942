import type { BudgetScope } from '@paddock/contract/budgets'
import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { joinPico } from '../../money/split-pico.ts'
import type { Pico } from '../../money/fixed-point.ts'
import { HOUR_MS } from '../rollup.ts'
import { rollupsOf } from '../rollup-stretch.ts'
import type { BooksTables } from '../tables.ts'
import type { Subject } from './subject.ts'

/** What is asked of the ledger: charges of requests accepted from `from` on and before `to`, in steps. All in milliseconds. */
export type ChargedQuery = {
  readonly subject: Subject | Everyone
  readonly from: number
  readonly to: number
  /** Sums are of so long a time each; where it does not matter when, the whole stretch. */
  readonly step: number
}

/** Everyone of a scope, each by itself. */
export type Everyone = { readonly scope: BudgetScope; readonly id: null }

/** What was charged in one currency to requests that were accepted within one step. */
export type Charged = { readonly at: number; readonly currency: string; readonly amount: Pico }

/** The same with whose it is. */
export type ChargedTo = Charged & { readonly subject: Subject }

/**
 * Adds up charges: from the rollups where the stretch is one of whole hours, else from the entries. Their sums are the
 * same to the last digit.
 */
export async function sumCharged(tables: Kysely<BooksTables>, query: ChargedQuery): Promise<ChargedTo[]> {
  const { rows } = await (areInRollups(query) ? fromRollups(query) : fromEntries(query)).execute(tables)
  return rows.map(({ id, organisation, bucket, currency, whole, pico }) => ({
    subject: { scope: query.subject.scope, id, organisation },
    at: query.from + Number(bucket) * query.step,
    currency,
    amount: joinPico({ whole, pico }),
  }))
}

type SumRow = {
  readonly id: string
  readonly organisation: string
  readonly bucket: bigint
  readonly currency: string
  readonly whole: bigint
  readonly pico: bigint
}

/** What tells those of a scope apart. */
const IDS: Readonly<Record<BudgetScope, RawBuilder<string>>> = {
  organisation: sql`organisation_id`,
  team: sql`team_id`,
  key: sql`key_id`,
  end_user: sql`end_user`,
  model: sql`provider || '/' || model`,
}

/** Whom a request named is not in the rollups: there may be millions. */
function areInRollups({ subject, from, to, step }: ChargedQuery): boolean {
  const isWhole = [from, to - from, Math.min(step, to - from)].every((each) => each % HOUR_MS === 0)
  return isWhole && subject.scope !== 'end_user'
}

function fromEntries({ subject, ...stretch }: ChargedQuery): RawBuilder<SumRow> {
  const [from, to, step] = [BigInt(stretch.from), BigInt(stretch.to), BigInt(stretch.step)]
  return sql<SumRow>`
    SELECT ${IDS[subject.scope]} AS id, organisation_id AS organisation, (at - ${from}) / ${step} AS bucket, charge_currency AS currency,
      sum(charge_pico / 1000000000000) AS whole, sum(charge_pico % 1000000000000) AS pico
    FROM entries
    WHERE ${belongs(subject)} AND at >= ${from} AND at < ${to} AND charge_pico IS NOT NULL
    GROUP BY 1, 2, 3, 4`
}

/** By whole days where it does not matter when. */
function fromRollups({ subject, ...stretch }: ChargedQuery): RawBuilder<SumRow> {
  const isOneSum = stretch.step >= stretch.to - stretch.from
  const [from, to, step] = [stretch.from, stretch.to, stretch.step].map(BigInt)
  const wanted = isOneSum ? rollupsOf(stretch) : sql`grain = 'hour' AND start >= ${from} AND start < ${to}`
  return sql<SumRow>`
    SELECT ${IDS[subject.scope]} AS id, organisation_id AS organisation, (start - ${from}) / ${step} AS bucket, charge_currency AS currency,
      sum(charge_whole) AS whole, sum(charge_pico) AS pico
    FROM rollups
    WHERE ${belongs(subject)} AND charge_currency <> '' AND ${wanted}
    GROUP BY 1, 2, 3, 4`
}

function belongs(subject: Subject | Everyone): RawBuilder<SqlBool> {
  const { scope, id } = subject
  if (id === null) return scope === 'end_user' ? sql`end_user IS NOT NULL` : sql`TRUE`
  switch (scope) {
    case 'organisation':
      return sql`organisation_id = ${id}`
    case 'team':
      return sql`team_id = ${id}`
    case 'key':
      return sql`key_id = ${id}`
    case 'end_user':
      return sql`end_user = ${id} AND organisation_id = ${subject.organisation}`
    case 'model': {
      const slash = id.indexOf('/')
      return sql`provider = ${id.slice(0, slash)} AND model = ${id.slice(slash + 1)}`
    }
  }
}
