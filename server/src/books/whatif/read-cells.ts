/** Cells of many stretches of the clock, added up as far as prices allow. */
import type { WhatIfGroup } from '@paddock/contract/what-if'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { sumsOf, withValues } from '../columns.ts'
import type { BooksTables } from '../tables.ts'
import { CELL_COUNTS, type CellKey, type CellSums, type Cut } from './cells.ts'

/** Which traffic. A model is a provider and a name. */
export type Traffic = {
  readonly organisation?: string | undefined
  readonly team?: string | undefined
  readonly route?: string | undefined
  readonly key?: string | undefined
  readonly model?: { readonly provider: string; readonly name: string } | undefined
}

export type CellQuery = {
  /** The number of the epoch that each cell belongs to, by its start; for each cut that is wanted. */
  readonly starts: ReadonlyMap<Cut, ReadonlyMap<number, number>>
  readonly traffic: Traffic
  readonly groupBy: WhatIfGroup | null
}

/** All that a price depends on. */
export type CellClass = Pick<
  CellKey,
  | 'provider'
  | 'model'
  | 'cost_currency'
  | 'practice'
  | 'input_above'
  | 'output_above'
  | 'context_above'
  | 'thinking'
  | 'extra'
>

/** Cells of one epoch, one group and one class. */
export type CellSum = CellSums & CellClass & { readonly cut: Cut; readonly epoch: bigint; readonly group_name: string }

/** A day is told by its epoch, which then holds no other. */
const GROUP_COLUMNS: Readonly<Record<WhatIfGroup, RawBuilder<unknown>>> = {
  route: sql.ref('route'),
  model: sql`provider || '/' || model`,
  key: sql.ref('key_id'),
  day: sql`''`,
}

const CLASS = sql.raw(
  'provider, model, cost_currency, practice, input_above, output_above, context_above, thinking, extra',
)
const SUMS = sumsOf([...CELL_COUNTS, 'cost_whole', 'cost_pico'])

export function isByKey({ traffic, groupBy }: Pick<CellQuery, 'traffic' | 'groupBy'>): boolean {
  const { organisation, team, key } = traffic
  return groupBy === 'key' || organisation !== undefined || team !== undefined || key !== undefined
}

export async function readCells(tables: Kysely<BooksTables>, query: CellQuery): Promise<readonly CellSum[]> {
  const cells: CellSum[] = []
  for (const [cut, epochs] of query.starts) cells.push(...(await readCut(tables, { ...query, cut, epochs })))
  return cells
}

type CutQuery = CellQuery & { readonly cut: Cut; readonly epochs: ReadonlyMap<number, number> }

/** The epochs come first: of each, only the cells of its own stretches are looked at, by the key of the table. */
async function readCut(
  tables: Kysely<BooksTables>,
  { cut, epochs, traffic, groupBy }: CutQuery,
): Promise<readonly CellSum[]> {
  const group = groupBy === null ? sql`''` : GROUP_COLUMNS[groupBy]
  const { rows } = await sql<CellSum>`
    WITH epochs (start, epoch) AS (
      SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(${JSON.stringify([...epochs])})
    )
    SELECT ${cut} AS cut, epoch, ${group} AS group_name, ${CLASS}, ${SUMS}
    FROM epochs CROSS JOIN price_cells AS cell ON cell.cut = ${cut} AND cell.start = epochs.start
    WHERE ${isOf(traffic)}
    GROUP BY epoch, group_name, ${CLASS}`.execute(tables)
  return rows
}

/** The models that have cells in a span, by provider and name. */
export async function readModels(
  tables: Kysely<BooksTables>,
  { from, to }: { readonly from: number; readonly to: number },
  { practice }: { readonly practice?: boolean } = {},
): Promise<readonly { readonly provider: string; readonly model: string }[]> {
  let query = tables.selectFrom('price_cells').select(['provider', 'model']).distinct().where('cut', '=', 'all')
  if (practice !== undefined) query = query.where('practice', '=', practice ? 1n : 0n)
  return query
    .where('start', '>=', BigInt(from))
    .where('start', '<', BigInt(to))
    .orderBy('provider')
    .orderBy('model')
    .execute()
}

export function isOf({ organisation, team, route, key, model }: Traffic): RawBuilder<unknown> {
  const conditions = [
    sql`TRUE`,
    ...withValues({
      organisation_id: organisation,
      team_id: team,
      route,
      key_id: key,
      provider: model?.provider,
      model: model?.name,
    }),
  ]
  return sql.join(conditions, sql` AND `)
}
