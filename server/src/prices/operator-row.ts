/** A price of the operator, from the list under `prices:` in paddock.yaml. */
import { createHash } from 'node:crypto'
import type { Calendars } from './calendar.ts'
import { pathText, type Path, type Problem } from './problem.ts'
import { readRow } from './read-row.ts'
import type { PriceRow } from './row.ts'
import { isObject, rootSpot } from './spot.ts'

/** As it was written, every number as its text, and where: "paddock.yaml:12:5". */
export type OperatorRow = { readonly raw: unknown; readonly place: string }

/** The book the row is put beside: only it knows the calendars and the zones in which its providers' days begin. */
export type Surroundings = {
  readonly calendars: Calendars
  readonly zones: ReadonlyMap<string, string>
  readonly problems: Problem[]
}

/** The row, or null after reports. Where the provider has no book, its days begin in UTC. */
export function readOperatorRow(
  { raw, place }: OperatorRow,
  { calendars, zones, problems }: Surroundings,
): PriceRow | null {
  const report = (path: Path, message: string): void => {
    problems.push({ severity: 'error', place, path: pathText(path), message })
  }
  const model = isObject(raw) ? String(raw['model']) : ''
  const zone = zones.get(model.split('/', 1)[0] ?? '') ?? 'UTC'
  const row = readRow(rootSpot(raw, report), { form: 'operator', provider: null, zone, level: 'override', calendars })
  const isNamed = isObject(raw) && raw['id'] !== undefined
  return row === null || isNamed ? row : { ...row, id: `${row.id}:${editionOf(raw)}` }
}

/** Part of the id, because the file can be edited: an entry names the price it was priced with, not the one there is now. */
function editionOf(raw: unknown): string {
  return createHash('sha256').update(JSON.stringify(raw)).digest('hex').slice(0, 8)
}
