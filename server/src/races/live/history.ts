import { sql } from 'kysely'
import { latencyBound } from '../guardrails.ts'
import type { LiveConfig, Metric } from './live-race.ts'
import { NO_CENTRES } from './referee.ts'
import type { RaceDatabase } from './tables.ts'

const HISTORY_MS = 7 * 86_400_000
/** More calls say nothing more precise. */
const CALLS_MAX = 20_000

type Call = {
  readonly ok: bigint
  readonly duration_ms: bigint
  readonly first_byte_ms: bigint | null
  readonly stream: bigint
}

/** What is known of a route's champion before a race: the bounds of "in time", and the usual score of every metric. */
export type History = {
  readonly bounds: LiveConfig['bounds']
  readonly centres: Readonly<Record<Metric, number>>
  /** Requests of the route, by any model. */
  readonly requestsADay: number
}

/** From the seven days before `now`. What was not seen often enough is left at what models usually do. */
export async function historyOf(
  tables: RaceDatabase,
  { route, champion, now }: { route: string; champion: string; now: number },
): Promise<History> {
  const from = BigInt(now - HISTORY_MS)
  const slash = champion.indexOf('/')
  const [provider, model] = [champion.slice(0, slash), champion.slice(slash + 1)]
  const { rows: calls } = await sql<Call>`
    SELECT state IN ('ok', 'unpriced') AS ok, duration_ms, first_byte_ms, stream FROM entries
    WHERE model = ${model} AND provider = ${provider} AND route = ${route} AND at >= ${from} AND mirror_of IS NULL
      AND usage_source <> 'cache' AND state IN ('ok', 'unpriced', 'upstream_error', 'timeout')
    ORDER BY at DESC LIMIT ${CALLS_MAX}`.execute(tables)
  const { rows: said } = await sql<{ n: bigint; mean: number | null }>`
    SELECT count(*) AS n, avg(value) AS mean FROM race_signals
    JOIN entries ON entries.id = race_signals.trial
    WHERE race_signals.source = 'user' AND race_signals.at >= ${from}
      AND model = ${model} AND provider = ${provider} AND route = ${route}`.execute(tables)
  const { rows: all } = await sql<{ n: bigint }>`
    SELECT count(*) AS n FROM entries WHERE route = ${route} AND at >= ${from} AND mirror_of IS NULL`.execute(tables)
  const answered = calls.filter(({ ok }) => ok === 1n)
  const [quality] = said
  return {
    bounds: {
      latencyMs: latencyBound(answered.map(({ duration_ms }) => Number(duration_ms))),
      firstTokenMs: latencyBound(
        answered.flatMap(({ stream, first_byte_ms: ms }) => (stream === 1n && ms !== null ? [Number(ms)] : [])),
      ),
    },
    centres: {
      ...NO_CENTRES,
      ...(quality === undefined || quality.mean === null || quality.n < 50n ? {} : { quality: quality.mean }),
      ...(calls.length < 50 ? {} : { errors: answered.length / calls.length }),
    },
    requestsADay: Number(all[0]?.n ?? 0n) / (HISTORY_MS / 86_400_000),
  }
}
