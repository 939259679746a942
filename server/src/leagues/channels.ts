import type { Decimal } from '@paddock/contract/decimal'
import { sql, type Kysely } from 'kysely'
import { assert } from '../base/errors.ts'
import { divideHalfEven } from '../money/divide-half-even.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import { joinPico, splitPico } from '../money/split-pico.ts'
import type { Store } from '../store/store.ts'
import { share } from './growth.ts'
import type { LeaguesTables } from './tables.ts'

/** Where members came from, what that cost, and so what a new member costs. */

export type Arrival = {
  readonly organisation: string
  readonly member: string
  readonly channel: string
  readonly day: number
}

/** Notes the channel somebody came by. The first one stands: who comes back by another was not won by it. */
export function noteArrival(store: Store, { organisation, member, channel, day }: Arrival): void {
  store.batch({ durable: false }, (run) =>
    run(
      `INSERT INTO league_channels (organisation_id, member, channel, day) VALUES (?, ?, ?, ?)
       ON CONFLICT (organisation_id, member) DO NOTHING`,
      [organisation, member, channel, day],
    ),
  )
}

export type Spend = {
  readonly day: number
  readonly channel: string
  readonly amount: Decimal
  readonly currency: string
  /** Advertisements that were shown for it. */
  readonly ads: number
}

/** Takes in what was spent. The same day and channel again replaces what it said before, so an import can be repeated. */
export function importSpend(store: Store, spends: readonly Spend[]): void {
  store.batch({ durable: true }, (run) => {
    for (const { day, channel, amount, currency, ads } of spends) {
      const pico = parsePico(amount)
      assert(pico !== null, 'what was spent is a decimal of at most twelve places')
      const { whole, pico: rest } = splitPico(pico)
      run(
        `INSERT INTO league_spend (day, channel, currency, whole, pico, ads) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (day, channel, currency) DO UPDATE SET whole = excluded.whole, pico = excluded.pico, ads = excluded.ads`,
        [day, channel, currency, whole, rest, ads],
      )
    }
  })
}

/** One line of the table of channels: one currency each, for amounts in two are never added up. */
export type ChannelLine = {
  readonly channel: string
  readonly currency: string | null
  readonly spent: Decimal | null
  readonly ads: number
  /** Of all advertisements of the span, in percent. */
  readonly ads_share: number | null
  readonly new_members: number
  readonly new_members_share: number | null
  /** Rounded half to even to twelve places; null where nobody came or nothing was spent. */
  readonly cost_per_new_member: Decimal | null
}

type Days = { readonly from: number; readonly to: number }
type SpendSum = {
  readonly channel: string
  readonly currency: string
  readonly whole: bigint
  readonly pico: bigint
  readonly ads: bigint
}

/** The channels of a span of days: most new members first. */
export async function channelTable(tables: Kysely<LeaguesTables>, days: Days): Promise<ChannelLine[]> {
  const arrived = await arrivals(tables, days)
  const spends = await spendSums(tables, days)
  const members = [...arrived.values()].reduce((sum, count) => sum + count, 0)
  const ads = spends.reduce((sum, spend) => sum + Number(spend.ads), 0)
  const silent = [...arrived.keys()].filter((channel) => !spends.some((spend) => spend.channel === channel))
  const lines = [...spends, ...silent.map((channel) => ({ channel, currency: null, ads: 0n }))].map(
    (spend): ChannelLine => {
      const came = arrived.get(spend.channel) ?? 0
      const spent = spend.currency === null ? null : joinPico(spend)
      return {
        channel: spend.channel,
        currency: spend.currency,
        spent: spent === null ? null : formatPico(spent),
        ads: Number(spend.ads),
        ads_share: share(Number(spend.ads), ads),
        new_members: came,
        new_members_share: share(came, members),
        cost_per_new_member:
          spent === null || came === 0 ? null : formatPico(divideHalfEven(spent, BigInt(came)) as Pico),
      }
    },
  )
  return lines.toSorted((one, other) => other.new_members - one.new_members || (one.channel < other.channel ? -1 : 1))
}

/** Members who were first active in these days, by the channel they came by. */
async function arrivals(tables: Kysely<LeaguesTables>, { from, to }: Days): Promise<Map<string, number>> {
  const { rows } = await sql<{ channel: string; members: bigint }>`
    SELECT league_channels.channel AS channel, count(*) AS members FROM league_members
    JOIN league_channels USING (organisation_id, member)
    WHERE first_day >= ${from} AND first_day < ${to} GROUP BY league_channels.channel`.execute(tables)
  return new Map(rows.map(({ channel, members }) => [channel, Number(members)]))
}

async function spendSums(tables: Kysely<LeaguesTables>, { from, to }: Days): Promise<SpendSum[]> {
  const { rows } = await sql<SpendSum>`
    SELECT channel, currency, sum(whole) AS whole, sum(pico) AS pico, sum(ads) AS ads FROM league_spend
    WHERE day >= ${from} AND day < ${to} GROUP BY channel, currency ORDER BY channel, currency`.execute(tables)
  return rows
}
