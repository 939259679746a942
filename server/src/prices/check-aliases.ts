/** What no single alias shows: names that lead in a circle, and names that lead to two models at once. */
import { spansMeet, type CompiledAlias, type Span } from './compile.ts'
import { groupBy, pairsOf } from './group-by.ts'
import type { Problem } from './problem.ts'

const ALWAYS: Span = { from: -Infinity, to: Infinity }

export function checkAliases(aliases: readonly CompiledAlias[]): Problem[] {
  const byProvider = groupBy(aliases, ({ alias }) => alias.provider)
  return [...byProvider.values()].flatMap((group) => [...findCycles(group), ...findDoubles(group)])
}

/** A circle counts only if all its aliases are valid at one instant. Each is reported once, by the alias that comes first. */
function findCycles(group: readonly CompiledAlias[]): Problem[] {
  const seen = new Set<string>()
  return group.flatMap((start) => {
    const cycle = cycleFrom(start, group, { trail: [], span: ALWAYS })
    const key = cycle?.toSorted().join(' ') ?? ''
    if (cycle === null || seen.has(key)) return []
    seen.add(key)
    return errorAt(start, `alias cycle: ${[...cycle, start.alias.alias].join(' → ')}`)
  })
}

type Walk = { readonly trail: readonly string[]; readonly span: Span }

/** The names from the start around to it again, or null. */
function cycleFrom(
  step: CompiledAlias,
  group: readonly CompiledAlias[],
  { trail, span }: Walk,
): readonly string[] | null {
  const shared = { from: Math.max(span.from, step.valid.from), to: Math.min(span.to, step.valid.to) }
  if (step.alias.match === 'prefix' || shared.from >= shared.to || trail.includes(step.alias.alias)) return null
  const walked = [...trail, step.alias.alias]
  if (step.alias.target === walked[0]) return walked
  const next = group.filter(({ alias }) => alias.alias === step.alias.target)
  return (
    next.map((each) => cycleFrom(each, group, { trail: walked, span: shared })).find((cycle) => cycle !== null) ?? null
  )
}

function findDoubles(group: readonly CompiledAlias[]): Problem[] {
  const byName = groupBy(group, ({ alias }) => `${alias.match} ${alias.alias}`)
  return [...byName.values()].flatMap(pairsOf).flatMap(([left, right]) => {
    if (!spansMeet(left.valid, right.valid)) return []
    return errorAt(
      right,
      `the alias ${right.alias.alias} leads to ${left.alias.target} and to ${right.alias.target} at the same time`,
    )
  })
}

function errorAt({ place }: CompiledAlias, message: string): Problem {
  return { severity: 'error', place: place(), path: '', message }
}
