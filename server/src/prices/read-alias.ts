/** Other names of models as written in a book. */
import { instantOf } from './read-instant.ts'
import type { Alias } from './row.ts'
import { choiceOf, fieldsOf, listOf, optionalOf, textOf, watch, type Spot } from './spot.ts'

const KEYS = new Set(['alias', 'target', 'match', 'valid_from', 'valid_to', 'source', 'note'])

export function readAlias(spot: Spot, context: { readonly provider: string; readonly zone: string }): Alias | null {
  const watched = watch(spot)
  const field = fieldsOf(watched.spot, KEYS)
  if (field === null) return null
  const instant = (at: Spot): string | null => instantOf(at, context.zone)
  const alias = textOf(field('alias'))
  const target = textOf(field('target'))
  const rest = {
    match: choiceOf(field('match'), ['exact', 'prefix'], 'exact') ?? 'exact',
    valid_from: optionalOf(field('valid_from'), instant),
    valid_to: optionalOf(field('valid_to'), instant),
    source: listOf(field('source'), textOf) ?? [],
    note: optionalOf(field('note'), textOf),
  } as const
  if (alias === null || target === null || watched.hasFailed()) return null
  return { provider: context.provider, alias, target, ...rest }
}
