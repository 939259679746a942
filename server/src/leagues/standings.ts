import { sql, type Kysely } from 'kysely'
import { countActive } from './active.ts'
import { multiple, share } from './growth.ts'
import type { Dimension, LeaguesTables } from './tables.ts'

/** One line of a league table. */
export type Standing = {
  readonly value: string
  readonly calls: number
  readonly tokens: number
  /** Members active in the span. */
  readonly active: number
  /** Of all calls of the span, in percent. */
  readonly calls_share: number | null
  /** How many times the calls, tokens and members of the span before, which is as long; null where there were none. */
  readonly calls_growth: number | null
  readonly tokens_growth: number | null
  readonly active_growth: number | null
  /** What they were in the span before. */
  readonly calls_before: number
  readonly tokens_before: number
  readonly active_before: number
}

export type StandingsOptions = {
  readonly dimension: Dimension
  /** Days from (included) to (not included). */
  readonly from: number
  readonly to: number
  readonly limit: number
}

type Sum = { readonly value: string; readonly calls: bigint; readonly tokens: bigint }

/** The league table of a span: most calls first. */
export async function standings(tables: Kysely<LeaguesTables>, options: StandingsOptions): Promise<Standing[]> {
  const { dimension, from, to, limit } = options
  const earlierFrom = from - (to - from)
  const sums = await sumsOf(tables, options)
  const before = new Map(
    (await sumsOf(tables, { ...options, from: earlierFrom, to: from })).map((sum) => [sum.value, sum]),
  )
  const all = sums.reduce((calls, sum) => calls + Number(sum.calls), 0)
  const lines: Standing[] = []
  for (const { value, calls, tokens } of sums.slice(0, limit)) {
    const active = await countActive(tables, { dimension, value, from, to })
    const activeBefore = await countActive(tables, { dimension, value, from: earlierFrom, to: from })
    const callsBefore = Number(before.get(value)?.calls ?? 0n)
    const tokensBefore = Number(before.get(value)?.tokens ?? 0n)
    lines.push({
      value,
      calls: Number(calls),
      tokens: Number(tokens),
      active,
      calls_share: share(Number(calls), all),
      calls_growth: multiple(Number(calls), callsBefore),
      tokens_growth: multiple(Number(tokens), tokensBefore),
      active_growth: multiple(active, activeBefore),
      calls_before: callsBefore,
      tokens_before: tokensBefore,
      active_before: activeBefore,
    })
  }
  return lines
}

async function sumsOf(
  tables: Kysely<LeaguesTables>,
  { dimension, from, to }: Omit<StandingsOptions, 'limit'>,
): Promise<Sum[]> {
  const { rows } = await sql<Sum>`
    SELECT value, sum(calls) AS calls, sum(tokens) AS tokens FROM league_sums
    WHERE dimension = ${dimension} AND day >= ${from} AND day < ${to}
    GROUP BY value ORDER BY calls DESC, value`.execute(tables)
  return rows
}
