/** A file of the price book, ready to be read field by field, with every fault reported at its line and column. */
import { parseLocatedJson, type LocatedJson } from './located-json.ts'
import { pathText, type Path, type Problem } from './problem.ts'
import type { BookFile } from './read-folder.ts'
import { rootSpot, type Spot } from './spot.ts'

export type OpenFile = { readonly spot: Spot; readonly placeOf: (path: Path) => string }

/** Null when the file is not JSON. */
export function openFile({ path: file, text }: BookFile, problems: Problem[]): OpenFile | null {
  let located: LocatedJson | undefined
  const locate = (): LocatedJson => (located ??= parseLocatedJson(text))
  const placeOf = (path: Path): string => at(file, locate().place(path))
  const value = parseQuickly(text)
  if (value === undefined || countKeys(value) !== countColons(text)) {
    for (const { place, message } of locate().faults) {
      problems.push({ severity: 'error', place: at(file, place), path: '', message })
    }
  }
  if (value === undefined) return null
  const report = (path: Path, message: string): void => {
    problems.push({ severity: 'error', place: placeOf(path), path: pathText(path), message })
  }
  return { spot: rootSpot(value, report), placeOf }
}

function at(file: string, { line, column }: { line: number; column: number }): string {
  return `${file}:${line}:${column}`
}

/** Most files are faultless, and JSON.parse is twenty times as fast as the parser that knows places. */
function parseQuickly(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** JSON.parse swallows a key that stands twice: then there are fewer keys than colons behind a quote. */
function countColons(text: string): number {
  return text.match(/"\s*:/g)?.length ?? 0
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  for (const item of Object.values(value)) keys += countKeys(item) + 1
  return Array.isArray(value) ? keys - value.length : keys
}
