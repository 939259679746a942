/** Cells: requests that every price of the shipped book treats alike, added up. What-if answers come from them. */
import { USAGE_COUNTERS } from '@paddock/contract/usage'
import { splitPico } from '../../money/split-pico.ts'
import type { Pico } from '../../money/fixed-point.ts'
import { DAY_MS, floorTo } from '../../prices/zone.ts'
import type { EntryRow } from '../entry-row.ts'
import { limitBelow, slotOf } from './grid.ts'

export type CellRow = CellKey & CellSums

/**
 * `all`: whoever asked, for reports that do not ask who. `key`: by the key that asked. `key_day`: the same by whole days
 * (UTC), for the prices that do not change within one: there are many keys.
 */
export type Cut = 'all' | 'key' | 'key_day'

export type CellKey = {
  readonly cut: Cut
  /** Milliseconds since 1970 at which the stretch of the clock, or the day, begins. */
  readonly start: bigint
  /** Empty in the cut `all`. */
  readonly organisation_id: string
  readonly team_id: string
  readonly key_id: string
  readonly provider: string
  readonly model: string
  readonly route: string
  /** Empty for what has no price. */
  readonly cost_currency: string
  readonly practice: bigint
  /** The limits that the tokens of the prompt, of the answer and of both lie above. */
  readonly input_above: bigint
  readonly output_above: bigint
  readonly context_above: bigint
  readonly thinking: bigint
  /** Whether more than text was used: then only the entries tell how much of what. */
  readonly extra: bigint
}

export const CELL_KEY = [
  'cut',
  'start',
  'organisation_id',
  'team_id',
  'key_id',
  'provider',
  'model',
  'route',
  'cost_currency',
  'practice',
  'input_above',
  'output_above',
  'context_above',
  'thinking',
  'extra',
] as const satisfies readonly (keyof CellKey)[]

/** The columns that are plainly added up. */
export const CELL_COUNTS = ['requests', ...USAGE_COUNTERS] as const

export type CellSums = Readonly<Counts> & { readonly cost_whole: bigint; readonly cost_pico: bigint }

type Counts = Record<(typeof CELL_COUNTS)[number], bigint>
/** `what` names the cell without its start and without who asked, `who` the latter: by both the other cuts are found. */
type Cell = {
  readonly key: CellKey
  readonly what: string
  readonly who: string
  readonly counts: Counts
  cost: bigint
}

/** Adds entries up, in any order. It runs for every request: the other cuts are added up from that by key at the end. */
export class Cells {
  readonly #byKey = new Map<string, Cell>()
  #latest: Cell | null = null

  add(row: EntryRow): void {
    const bands = bandsOf(row)
    // One after the other is alike as a rule, and then no name is made to find its cell by.
    if (this.#latest === null || !isIn(this.#latest.key, row, bands)) this.#latest = this.#cell(row, bands)
    const cell = this.#latest
    if (row.kind === 'request') cell.counts.requests += 1n
    for (const column of USAGE_COUNTERS) cell.counts[column] += row[column]
    cell.cost += row.cost_pico ?? 0n
  }

  rows(): CellRow[] {
    const all = new Map<string, Cell>()
    const days = new Map<string, Cell>()
    for (const cell of this.#byKey.values()) {
      addTo(all, cell, { cut: 'all', start: cell.key.start })
      addTo(days, cell, { cut: 'key_day', start: startOfDay(cell.key.start) })
    }
    return [...all.values(), ...this.#byKey.values(), ...days.values()].map(rowOf)
  }

  #cell(row: EntryRow, bands: Bands): Cell {
    const what = nameOfWhat(row, bands)
    const who = JSON.stringify([row.organisation_id, row.team_id, row.key_id])
    const name = `${bands.start} ${what} ${who}`
    let cell = this.#byKey.get(name)
    if (cell === undefined)
      this.#byKey.set(name, (cell = { key: keyOf(row, bands), what, who, counts: noCounts(), cost: 0n }))
    return cell
  }
}

type CutCell = { readonly cut: Cut; readonly start: bigint }

function addTo(cells: Map<string, Cell>, more: Cell, { cut, start }: CutCell): void {
  const { what, who } = more
  const name = cut === 'all' ? `${start} ${what}` : `${start} ${what} ${who}`
  let cell = cells.get(name)
  if (cell === undefined)
    cells.set(name, (cell = { key: inCut(more.key, { cut, start }), what, who, counts: noCounts(), cost: 0n }))
  for (const column of CELL_COUNTS) cell.counts[column] += more.counts[column]
  cell.cost += more.cost
}

function noCounts(): Counts {
  return { requests: 0n, input: 0n, cached_input: 0n, cache_write: 0n, cache_write_1h: 0n, output: 0n, reasoning: 0n }
}

const NOBODY = { organisation_id: '', team_id: '', key_id: '' } as const

function inCut(key: CellKey, { cut, start }: CutCell): CellKey {
  return cut === 'all' ? { ...key, ...NOBODY, cut, start } : { ...key, cut, start }
}

/** Member by member: an object of this size that begins with a spread key takes ten times as long to make and to read. */
function rowOf({ key, counts, cost }: Cell): CellRow {
  const { whole, pico } = splitPico(cost as Pico)
  return {
    cut: key.cut,
    start: key.start,
    organisation_id: key.organisation_id,
    team_id: key.team_id,
    key_id: key.key_id,
    provider: key.provider,
    model: key.model,
    route: key.route,
    cost_currency: key.cost_currency,
    practice: key.practice,
    input_above: key.input_above,
    output_above: key.output_above,
    context_above: key.context_above,
    thinking: key.thinking,
    extra: key.extra,
    requests: counts.requests,
    input: counts.input,
    cached_input: counts.cached_input,
    cache_write: counts.cache_write,
    cache_write_1h: counts.cache_write_1h,
    output: counts.output,
    reasoning: counts.reasoning,
    cost_whole: whole,
    cost_pico: pico,
  }
}

/** One text per key, for comparing and finding. */
export function cellName(key: CellKey): string {
  return CELL_KEY.map((column) => JSON.stringify(String(key[column]))).join()
}

/** Where an entry lies between the edges of prices; numbers as numbers, because it is asked for every request. */
type Bands = { readonly start: number; readonly input: number; readonly output: number; readonly context: number }

function bandsOf(row: EntryRow): Bands {
  const prompt = Number(row.input + row.cached_input + row.cache_write + row.cache_write_1h)
  const answer = Number(row.output + row.reasoning)
  return {
    start: slotOf(Number(row.at)).from,
    input: limitBelow('input', prompt),
    output: limitBelow('output', answer),
    context: limitBelow('context', prompt + answer),
  }
}

function isIn(key: CellKey, row: EntryRow, { start, input, output, context }: Bands): boolean {
  return (
    key.key_id === row.key_id &&
    key.model === row.model &&
    key.provider === row.provider &&
    key.route === (row.route ?? '') &&
    Number(key.start) === start &&
    Number(key.input_above) === input &&
    Number(key.output_above) === output &&
    Number(key.context_above) === context &&
    key.thinking > 0n === row.reasoning > 0n &&
    key.extra > 0n === (row.extra !== null) &&
    key.team_id === row.team_id &&
    key.organisation_id === row.organisation_id &&
    key.cost_currency === (row.cost_currency ?? '') &&
    key.practice === row.practice
  )
}

/** Numbers cannot be mistaken for what stands in the list. */
function nameOfWhat(row: EntryRow, { input, output, context }: Bands): string {
  const { provider, model, route, cost_currency } = row
  const texts = JSON.stringify([provider, model, route, cost_currency])
  return `${input} ${output} ${context} ${row.practice} ${row.reasoning > 0n} ${row.extra !== null} ${texts}`
}

/** The cell, by key, that a request is counted in. */
export function keyOf(row: EntryRow, { start, input, output, context } = bandsOf(row)): CellKey {
  return {
    cut: 'key',
    start: BigInt(start),
    organisation_id: row.organisation_id,
    team_id: row.team_id,
    key_id: row.key_id,
    provider: row.provider,
    model: row.model,
    route: row.route ?? '',
    cost_currency: row.cost_currency ?? '',
    practice: row.practice,
    input_above: BigInt(input),
    output_above: BigInt(output),
    context_above: BigInt(context),
    thinking: row.reasoning > 0n ? 1n : 0n,
    extra: row.extra === null ? 0n : 1n,
  }
}

function startOfDay(at: bigint): bigint {
  return BigInt(floorTo(Number(at), DAY_MS))
}
