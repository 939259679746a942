/** Reads the files of a price book and the operator's own prices, and finds everything that is wrong with them at once. */
import { basename } from 'node:path'
import { readCalendar, type Calendar, type Calendars } from './calendar.ts'
import { checkAliases } from './check-aliases.ts'
import { checkRows } from './check-rows.ts'
import { compileAlias, type CompiledAlias, type CompiledRow, type PlacedRow } from './compile.ts'
import { copyPrices } from './copy-prices.ts'
import { readOperatorRow, type OperatorRow } from './operator-row.ts'
import { openFile, type OpenFile } from './open-file.ts'
import type { Problem } from './problem.ts'
import type { BookFile, BookFiles } from './read-folder.ts'
import { readAlias } from './read-alias.ts'
import { readRow } from './read-row.ts'
import { readSources } from './read-sources.ts'
import { zoneOf } from './read-when.ts'
import type { Source } from './row.ts'
import { fieldsOf, itemsOf, pathOf, textOf } from './spot.ts'

export type LoadedBook = {
  readonly rows: readonly CompiledRow[]
  readonly aliases: readonly CompiledAlias[]
  readonly calendars: Calendars
  readonly sources: ReadonlyMap<string, Source>
  readonly problems: readonly Problem[]
}

const FILE_KEYS = new Set(['provider', 'zone', 'note', 'aliases', 'rows'])

type Draft = {
  readonly calendars: Map<string, Calendar>
  readonly rows: PlacedRow[]
  readonly aliases: CompiledAlias[]
  /** The zone in which a provider's days begin. */
  readonly zones: Map<string, string>
  readonly problems: Problem[]
  sources: ReadonlyMap<string, Source>
}

/** What the files say wrongly does not throw: it is left out and stands in `problems`. */
export function loadBook({ books, calendars }: BookFiles, operatorRows: readonly OperatorRow[] = []): LoadedBook {
  const draft: Draft = {
    calendars: new Map(),
    rows: [],
    aliases: [],
    zones: new Map(),
    problems: [],
    sources: new Map(),
  }
  for (const file of calendars) readCalendarFile(draft, file)
  for (const file of books) readBookFile(draft, file)
  for (const operatorRow of operatorRows) {
    const row = readOperatorRow(operatorRow, draft)
    if (row !== null) draft.rows.push({ row, place: () => operatorRow.place })
  }
  return finish(draft)
}

function readCalendarFile(draft: Draft, file: BookFile): void {
  const opened = openFile(file, draft.problems)
  const calendar = opened && readCalendar(opened.spot)
  if (calendar !== null) draft.calendars.set(calendar.name, calendar)
}

function readBookFile(draft: Draft, file: BookFile): void {
  const opened = openFile(file, draft.problems)
  if (opened === null) return
  if (basename(file.path) === 'sources.json') draft.sources = readSources(opened.spot)
  else readProviderFile(draft, opened)
}

function readProviderFile(draft: Draft, { spot, placeOf }: OpenFile): void {
  const field = fieldsOf(spot, FILE_KEYS)
  const provider = field && textOf(field('provider'))
  const zone = field && zoneOf(field('zone'))
  if (field === null || provider === null || zone === null) return
  draft.zones.set(provider, zone)
  const { calendars } = draft
  for (const item of itemsOf(field('rows'))) {
    const row = readRow(item, { form: 'book', provider, zone, level: 'shipped', calendars })
    if (row !== null) draft.rows.push({ row, place: () => placeOf(pathOf(item)) })
  }
  for (const item of itemsOf(field('aliases'))) {
    const alias = readAlias(item, { provider, zone })
    if (alias !== null) draft.aliases.push(compileAlias(alias, () => placeOf(pathOf(item))))
  }
}

function finish({ rows, aliases, calendars, sources, problems }: Draft): LoadedBook {
  const copied = copyPrices(rows, calendars)
  const found = [...copied.problems, ...checkRows(copied.rows, sources), ...checkAliases(aliases)]
  return { rows: copied.rows, aliases, calendars, sources, problems: [...problems, ...found] }
}
