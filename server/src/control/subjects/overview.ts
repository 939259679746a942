import type { overviewApi } from '@paddock/contract/control/overview'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { isoInstant, type Clock } from '../../base/clock.ts'
import type { Books } from '../../books/books.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { RollupSum, SumGroup } from '../../books/rollup-sums.ts'
import type { Directory } from '../../callers/directory.ts'
import { DAY_MS } from '../../prices/zone.ts'
import { promotedSpans } from '../../races/live/promoted.ts'
import { readRaces } from '../../races/live/race-rows.ts'
import type { Actor } from '../actor.ts'
import { addAmounts } from '../amounts.ts'
import type { Handlers } from '../handlers.ts'
import { savingRow, savingsOf } from '../savings.ts'
import { spanOr, type Span } from '../span.ts'
import { timelineOf, type TimelineParts } from '../timeline.ts'

export type OverviewParts = TimelineParts & {
  readonly reader: Pick<BooksReader, 'extent'>
  readonly clock: Clock
  readonly books: Pick<Books, 'status'>
  readonly directory: Pick<Directory, 'namesOf'>
}

type Grain = 'hour' | 'day'
type Filters = {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly team?: string | undefined
  readonly key?: string | undefined
  readonly practice?: boolean | undefined
}

const GRAIN_MS: Readonly<Record<Grain, number>> = { hour: 3_600_000, day: 86_400_000 }
const DEFAULT_DAYS = 7
const TIMELINE_DAYS = 90
/** Longer spans are told by days: more points than a screen has pixels tell nothing more. */
const HOURS_MAX = 24 * 14

export function overviewHandlers(parts: OverviewParts): Handlers<typeof overviewApi> {
  const { reader, clock, books } = parts
  return {
    overview: async ({ actor, query }) => {
      const { span } = askedSpan(query, clock.now())
      const before = { from: span.from - (span.to - span.from), to: span.from }
      const scope = scopeOf(actor, query)
      return {
        from: isoInstant(span.from),
        to: isoInstant(span.to),
        now: sumsOf(await reader.sums({ ...scope, ...span })),
        before: sumsOf(await reader.sums({ ...scope, ...before })),
        savings: await savingsIn(parts, span, scope),
        health: healthOf(books.status()),
        as_of: isoInstant(clock.now()),
      }
    },
    extent: async ({ actor }) => {
      const scope = { organisation: actor.organisationId, team: actor.teamId ?? undefined }
      return {
        real: extentOf(await reader.extent({ ...scope, practice: false })),
        practice: extentOf(await reader.extent({ ...scope, practice: true })),
      }
    },
    series: async ({ actor, query }) => {
      const { grain, span } = askedSpan(query, clock.now(), query.grain)
      const { by, top } = query
      const filter = { ...scopeOf(actor, query), ...span }
      // Who is largest is known from the sums: only of those the time is told apart.
      const all = by === undefined ? [] : grouped(await reader.sums({ ...filter, by }))
      const names = all.slice(0, top).map(({ name }) => name)
      const sums = await reader.sums({ ...filter, grain, ...(by === undefined ? {} : { by, only: names }) })
      const step = GRAIN_MS[grain]
      const starts = Array.from({ length: (span.to - span.from) / step }, (_, index) => span.from + index * step)
      const groups = by === undefined ? [{ name: null, sums }] : withOthers(names, sums)
      const labels = await labelsOf(parts, by, names)
      return {
        grain,
        starts: starts.map(isoInstant),
        last_is_open: span.to > clock.now(),
        groups: groups.map(({ name, sums: own }) => ({ ...seriesOf(own, starts), name, label: labels(name) })),
        others: Math.max(0, all.length - names.length),
        as_of: isoInstant(clock.now()),
      }
    },
    breakdown: async ({ actor, query }) => {
      const { span } = askedSpan(query, clock.now())
      const groups = grouped(await reader.sums({ ...scopeOf(actor, query), ...span, by: query.by }))
      const shown = groups.slice(0, query.limit)
      const labels = await labelsOf(
        parts,
        query.by,
        shown.map(({ name }) => name),
      )
      return {
        items: shown.map(({ name, sums: own }) => ({ ...sumsOf(own), name, label: labels(name) })),
        groups: groups.length,
        as_of: isoInstant(clock.now()),
      }
    },
    timeline: async ({ actor, query }) => {
      const now = clock.now()
      const { from, to } = spanOr(query, { now, days: TIMELINE_DAYS })
      const span = { from: Math.floor(from / DAY_MS) * DAY_MS, to: Math.ceil(to / DAY_MS) * DAY_MS }
      const { route, currency } = query
      return timelineOf(parts, { span, now, organisation: actor.organisationId, route, currency })
    },
  }
}

/** Null while no race has moved any traffic of it. */
async function savingsIn(parts: OverviewParts, span: Span, { organisation, team, key }: ReturnType<typeof scopeOf>) {
  const promoted = promotedSpans(await readRaces(parts.races), parts.clock.now())
  if (promoted.length === 0) return null
  const routes = (await savingsOf(parts, promoted, { span, whose: { organisation, team, key } })).map(savingRow)
  return {
    routes,
    paid: addAmounts(routes.flatMap(({ paid }) => paid)),
    counterfactual: addAmounts(routes.flatMap(({ counterfactual }) => counterfactual)),
    saved: addAmounts(
      routes.flatMap(({ reported }) => (reported ? [{ amount: reported.saved, currency: reported.currency }] : [])),
    ),
  }
}

function extentOf(span: Span | null) {
  return span && { from: isoInstant(span.from), to: isoInstant(span.to) }
}

/** Widened to whole hours or days: rollups know no parts of them. */
function askedSpan(query: Filters, now: number, wanted?: Grain): { readonly grain: Grain; readonly span: Span } {
  const { from, to } = spanOr(query, { now, days: DEFAULT_DAYS })
  const grain = wanted ?? (to - from > HOURS_MAX * GRAIN_MS.hour ? 'day' : 'hour')
  const step = GRAIN_MS[grain]
  return { grain, span: { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step } }
}

/** What one may see; a filter can only narrow it. */
function scopeOf(actor: Actor, { team, key, practice }: Filters) {
  return { organisation: actor.organisationId, team: actor.teamId ?? team, key, practice: practice ?? false }
}

type Group = { readonly name: string | null; readonly sums: readonly RollupSum[]; readonly requests: number }

/** Most requests first. */
function grouped(sums: readonly RollupSum[]): Group[] {
  const groups = new Map<string | null, RollupSum[]>()
  for (const sum of sums) {
    const group = groups.get(sum.name)
    if (group) group.push(sum)
    else groups.set(sum.name, [sum])
  }
  return [...groups]
    .map(([name, own]) => ({ name, sums: own, requests: own.reduce((all, { requests }) => all + requests, 0) }))
    .toSorted((one, other) => other.requests - one.requests)
}

/** The sums of each of these, and those of all others, where there are any, without a name. */
function withOthers(names: readonly (string | null)[], sums: readonly RollupSum[]) {
  const named = names.map((name) => ({ name, sums: sums.filter((sum) => sum.isNamed && sum.name === name) }))
  const others = sums.filter(({ isNamed }) => !isNamed)
  return others.length === 0 ? named : [...named, { name: null, sums: others }]
}

async function labelsOf(
  { directory }: OverviewParts,
  by: SumGroup | undefined,
  groups: readonly (string | null)[],
): Promise<(name: string | null) => string | null> {
  if (by !== 'key' && by !== 'team') return (name) => name
  const names = await directory.namesOf(groups.filter((name) => name !== null))
  return (name) => (name === null ? null : (names.get(name) ?? name))
}

function countOf(sums: readonly RollupSum[], name: 'requests' | 'failed' | 'unpriced'): number {
  return sums.reduce((count, sum) => count + sum[name], 0)
}

export function sumsOf(sums: readonly RollupSum[]) {
  return {
    requests: countOf(sums, 'requests'),
    failed: countOf(sums, 'failed'),
    unpriced: countOf(sums, 'unpriced'),
    usage: sums.reduce<Usage>((total, { usage }) => addUsage(total, usage), NO_USAGE),
    cost: addAmounts(sums.map(({ cost }) => cost)),
    charge: addAmounts(sums.map(({ charge }) => charge)),
  }
}

function addUsage(one: Usage, other: Usage): Usage {
  return {
    input: one.input + other.input,
    cached_input: one.cached_input + other.cached_input,
    cache_write: one.cache_write + other.cache_write,
    cache_write_1h: one.cache_write_1h + other.cache_write_1h,
    output: one.output + other.output,
    reasoning: one.reasoning + other.reasoning,
  }
}

/** One value for each bucket; nothing happened in one without sums, which for a sum is zero. */
function seriesOf(sums: readonly RollupSum[], starts: readonly number[]) {
  const buckets = new Map<number | null, RollupSum[]>(starts.map((start) => [start, []]))
  for (const sum of sums) buckets.get(sum.start)?.push(sum)
  const perBucket = starts.map((start) => sumsOf(buckets.get(start) ?? []))
  const currencies = addAmounts(sums.map(({ cost }) => cost)).map(({ currency }) => currency)
  return {
    requests: perBucket.map(({ requests }) => requests),
    failed: perBucket.map(({ failed }) => failed),
    input_tokens: perBucket.map(({ usage }) => promptTokens(usage)),
    output_tokens: perBucket.map(({ usage }) => usage.output + usage.reasoning),
    cost: currencies.map((currency) => ({
      currency,
      amounts: perBucket.map(({ cost }) => cost.find((each) => each.currency === currency)?.amount ?? '0'),
    })),
  }
}

function promptTokens({ input, cached_input, cache_write, cache_write_1h }: Usage): number {
  return input + cached_input + cache_write + cache_write_1h
}

function healthOf(status: ReturnType<Books['status']>) {
  return {
    accepting: status.accepting,
    reason: status.reason,
    open_requests: status.openIntents,
    undrained: status.undrainedEntries,
    undrained_age_ms: status.oldestUndrainedAgeMs,
    drain_failing: status.drainFailing,
    orphans_recovered: status.orphansRecovered,
    quarantined: status.quarantined,
  }
}
