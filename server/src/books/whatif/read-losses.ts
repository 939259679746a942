/** What was owed beside the answers of this traffic, for attempts that gave none. */
import type { Amount, AttemptRecord } from '@paddock/contract/entry'
import { sql, type Kysely } from 'kysely'
import { retryLoss } from '../retry-loss.ts'
import type { BooksTables } from '../tables.ts'
import { isOf, type Traffic } from './read-cells.ts'

type Asked = { readonly from: number; readonly to: number; readonly traffic: Traffic }

/** One amount for each currency. Few entries have any, and these are found by an index of their own. */
export async function readLosses(
  tables: Kysely<BooksTables>,
  { from, to, traffic }: Asked,
): Promise<readonly Amount[]> {
  const { rows } = await sql<{ attempts: string }>`
    SELECT attempts FROM entries
    WHERE instr(attempts, '"cost":') > 0 AND at >= ${BigInt(from)} AND at < ${BigInt(to)} AND practice = 0
      AND ${isOf(traffic)}`.execute(tables)
  return retryLoss(rows.flatMap(({ attempts }) => JSON.parse(attempts) as AttemptRecord[]))
}
