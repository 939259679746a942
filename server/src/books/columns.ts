/** What queries over entries, rollups and price cells say in the same words. */
import { sql, type RawBuilder, type SqlBool } from 'kysely'

/** A condition for each column that must have a value; `undefined` asks nothing of its column. */
export function withValues(wanted: Readonly<Record<string, string | bigint | undefined>>): RawBuilder<SqlBool>[] {
  return Object.entries(wanted).flatMap(([column, value]) =>
    value === undefined ? [] : [sql<SqlBool>`${sql.ref(column)} = ${value}`],
  )
}

/** A yes or no as a column has it. */
export function flagOf(isSo: boolean | undefined): bigint | undefined {
  return isSo === undefined ? undefined : isSo ? 1n : 0n
}

/** Columns added up, each under its own name. */
export function sumsOf(columns: readonly string[]): RawBuilder<unknown> {
  return sql.raw(columns.map((column) => `sum(${column}) AS ${column}`).join(', '))
}
