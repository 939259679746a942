/** What no single field shows: prices that contradict one another, gaps between tiers, and prices a factor of 10,000 off. */
import { spansMeet, type CompiledRow, type CompiledVariant } from './compile.ts'
import { COMPONENTS, type Component } from './component.ts'
import { areDisjoint, describeWhen, toInterval, type CompiledWhen } from './conditions.ts'
import { groupBy, pairsOf } from './group-by.ts'
import type { Problem } from './problem.ts'
import type { Bounds, Source, When } from './row.ts'

const RANGES = ['input_tokens', 'output_tokens', 'context_window'] as const
/** As if the units were mixed up: a price of one token where a price of a million was meant, or the other way. */
const FACTOR_MAX = 10_000n

export function checkRows(rows: readonly CompiledRow[], sources: ReadonlyMap<string, Source>): Problem[] {
  return [
    ...findSameIds(rows),
    ...findOverlappingRows(rows),
    ...rows.flatMap((row) => findUnknownSources(row, sources)),
    ...rows.flatMap(findOverlappingVariants),
    ...rows.flatMap(findTierGaps),
    ...findMixedUpUnits(rows),
  ]
}

function findSameIds(rows: readonly CompiledRow[]): Problem[] {
  const byId = groupBy(rows, ({ row }) => row.id)
  return [...byId.values()].flatMap(([first, ...others]) =>
    others.map((row) => errorAt(row, 'id', `the id ${row.row.id} is also that of ${first?.place() ?? 'another row'}`)),
  )
}

/** Two rows may be in force at once only if one is more specific or a newer revision. */
function findOverlappingRows(rows: readonly CompiledRow[]): Problem[] {
  const alike = groupBy(rows, ({ row, when }) =>
    JSON.stringify([row.level, row.provider, row.model, row.match, row.currency, row.revision, when?.specificity]),
  )
  return [...alike.values()].flatMap(pairsOf).flatMap(([left, right]) => {
    if (!spansMeet(left.valid, right.valid) || !spansMeet(left.known, right.known) || neverMeet(left.when, right.when))
      return []
    const message = `overlaps ${left.row.id} (${left.place()}): end one where the other begins, or give the correction a higher revision`
    return errorAt(right, 'valid_from', message)
  })
}

function neverMeet(left: CompiledWhen | null, right: CompiledWhen | null): boolean {
  return left !== null && right !== null && areDisjoint(left, right)
}

function findUnknownSources(compiled: CompiledRow, sources: ReadonlyMap<string, Source>): Problem[] {
  const { row } = compiled
  const beside = [...Object.values(row.rates), ...row.variants].flatMap((each) => each.source ?? [])
  const unknown = [...row.source, ...beside].filter((key) => row.level === 'shipped' && !sources.has(key))
  return unknown.map((key) => errorAt(compiled, 'source', `${key} is not in sources.json`))
}

function findOverlappingVariants(row: CompiledRow): Problem[] {
  return pairsOf(row.variants).flatMap(([left, right]) => {
    const both = COMPONENTS.filter((component) => left.rates.has(component) && right.rates.has(component))
    if (both.length === 0 || left.when.specificity !== right.when.specificity || areDisjoint(left.when, right.when))
      return []
    const names = `${left.variant.name} (${describeWhen(left.variant.when)}) and ${right.variant.name} (${describeWhen(right.variant.when)})`
    return errorAt(row, 'variants', `${names} can hold at once, are equally specific and both price ${both.join(', ')}`)
  })
}

/** Tiers that differ in one range only must leave no tokens out between them, unless the row itself prices those. */
function findTierGaps(row: CompiledRow): Problem[] {
  return RANGES.flatMap((range) => {
    const tiered = row.variants.filter(({ variant }) => variant.when[range] !== undefined)
    const families = groupBy(tiered, ({ variant }) => describeWhen(without(variant.when, range)))
    return [...families.values()].flatMap((family) =>
      COMPONENTS.filter((component) => !row.base.has(component)).flatMap((component) => {
        const gap = gapBetween(family, range, component)
        return gap === null ? [] : errorAt(row, 'variants', `tier gap: ${component} has no price for ${range} ${gap}`)
      }),
    )
  })
}

function gapBetween(
  family: readonly CompiledVariant[],
  range: (typeof RANGES)[number],
  component: Component,
): string | null {
  const tiers = family
    .filter(({ rates }) => rates.has(component))
    .map(({ variant }) => toInterval(variant.when[range] as Bounds))
    .toSorted((left, right) => left.min - right.min)
  for (const [index, { max }] of tiers.entries()) {
    const next = tiers[index + 1]
    if (next !== undefined && next.min > max + 1) return `from ${max + 1} to ${next.min - 1}`
  }
  return null
}

function without(when: When, range: (typeof RANGES)[number]): When {
  const { [range]: _, ...others } = when
  return others
}

/** An operator's price against the shipped one of the same model: the newest that had begun when it begins. */
function findMixedUpUnits(rows: readonly CompiledRow[]): Problem[] {
  const shipped = groupBy(
    rows.filter(({ row }) => row.level === 'shipped'),
    ({ row }) => `${row.provider}/${row.model} ${row.currency}`,
  )
  return rows
    .filter(({ row }) => row.level !== 'shipped')
    .flatMap((own) => {
      const listed = shipped.get(`${own.row.provider}/${own.row.model} ${own.row.currency}`) ?? []
      const begun = listed.filter(({ valid }) => valid.from <= own.valid.from || own.valid.from === -Infinity)
      const newest = begun.toSorted((left, right) => right.valid.from - left.valid.from)[0]
      return newest === undefined ? [] : COMPONENTS.flatMap((component) => mixUp(own, newest, component))
    })
}

function mixUp(own: CompiledRow, listed: CompiledRow, component: Component): Problem[] {
  const mine = own.base.get(component)
  const theirs = listed.base.get(component)
  if (mine === undefined || theirs === undefined || mine.atto === 0n || theirs.atto === 0n) return []
  if (mine.atto < theirs.atto * FACTOR_MAX && theirs.atto < mine.atto * FACTOR_MAX) return []
  const stated = `${own.row.provider}/${own.row.model}: ${component} at ${mine.price} per ${mine.per}`
  const message = `${stated} is 10,000 times more or less than the list price, ${theirs.price} per ${theirs.per} (${listed.row.id}): are the units right?`
  return [{ severity: 'warning', place: own.place(), path: component, message }]
}

function errorAt({ place }: CompiledRow, path: string, message: string): Problem {
  return { severity: 'error', place: place(), path, message }
}
