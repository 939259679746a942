/** The list of sources: what was read, where, and of what kind it is. */
import type { Source } from './row.ts'
import { entriesOf, fieldsOf, textOf, type Spot } from './spot.ts'

const KEYS = new Set(['what', 'url', 'kind'])

export function readSources(spot: Spot): ReadonlyMap<string, Source> {
  return new Map(entriesOf(spot).map((entry) => [String(entry.key), readSource(entry)]))
}

function readSource(spot: Spot): Source {
  const field = fieldsOf(spot, KEYS)
  const text = (key: string): string => (field && textOf(field(key))) ?? ''
  return { what: text('what'), url: text('url'), kind: text('kind') }
}
