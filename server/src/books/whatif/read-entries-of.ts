/** The entries behind a sum that has no one price, each priced by itself. */
import { ATTO_PER_PICO } from '../../money/amount.ts'
import { parseAtto, type Atto } from '../../money/fixed-point.ts'
import type { Span } from '../../prices/compile.ts'
import { endOfTurn } from '../end-of-turn.ts'
import { usageOf, withExtra, type EntryRow } from '../entry-row.ts'
import { entryRows } from '../entry-rows.ts'
import { completeFrom } from '../retention/mark.ts'
import { keyOf } from './cells.ts'
import type { Plan, Stretch } from './epochs.ts'
import type { CellClass, CellSum } from './read-cells.ts'
import { groupOf, isTraffic, talliesOf, type Run } from './run.ts'

const ROWS_A_TURN = 200

/** Where a price changes inside a stretch, nothing of it was counted yet; of a mixed cell, only the price is missing. */
export async function readEntriesOf(run: Run, plan: Plan, mixed: readonly CellSum[]): Promise<void> {
  const { result } = run
  const mark = Number(await completeFrom(run.parts.tables))
  for (const { from, to } of plan.uneven) {
    if (from < mark) result.assumptions.uncounted({ from, to: Math.min(to, mark), mark })
    if (to <= mark) continue
    for await (const row of entriesIn(run, { from: Math.max(from, mark), to })) {
      countEntry(run, row)
      priceEntry(run, row)
    }
  }
  const left = new Map(mixed.map((cell) => [cellSumName(cell, cell), { cell, requests: cell.requests }]))
  for (const epoch of new Set(mixed.map((cell) => cell.epoch))) {
    for (const stretch of plan.epochs[Number(epoch)]?.stretches ?? [])
      await priceMixed(run, { ...stretch, epoch }, left)
  }
  for (const { cell, requests } of left.values()) if (requests > 0n) countForgotten(run, plan, { cell, requests, mark })
}

/** Mixed cells by name, with the requests of each that are still to be priced. */
type Left = ReadonlyMap<string, { readonly cell: CellSum; requests: bigint }>
type MixedStretch = Stretch & { readonly epoch: bigint }

async function priceMixed(run: Run, { cut, epoch, from, to }: MixedStretch, left: Left): Promise<void> {
  for await (const row of entriesIn(run, { from, to })) {
    const group_name = groupName(run, row)
    const of = left.get(cellSumName({ cut, epoch, group_name }, keyOf(row)))
    if (of === undefined) continue
    if (row.kind === 'request') of.requests -= 1n
    priceEntry(run, row)
  }
}

type Missing = { readonly cell: CellSum; readonly requests: bigint; readonly mark: number }

/** What they cost is known of their sum; what they would have cost, only their entries could tell. */
function countForgotten(run: Run, plan: Plan, { cell, requests, mark }: Missing): void {
  const at = plan.epochs[Number(cell.epoch)]?.at ?? 0
  for (const tally of talliesOf(run, { isPractice: cell.practice === 1n, group: groupOf(run, cell.group_name, at) }))
    tally.unpricedAfter += requests
  run.result.assumptions.forgotten(requests, mark)
}

/**
 * The sum that a request is in. Others of its class are in sums of their own: of another group, or of another cut of the
 * same epoch, and those may have been priced.
 */
function cellSumName(of: Pick<CellSum, 'cut' | 'epoch' | 'group_name'>, key: CellClass): string {
  const { provider, model, cost_currency, practice, input_above, output_above, context_above, thinking, extra } = key
  const numbers = [of.epoch, practice, input_above, output_above, context_above, thinking, extra].join(' ')
  return JSON.stringify([of.cut, of.group_name, provider, model, cost_currency, numbers])
}

async function* entriesIn({ parts, traffic, result }: Run, span: Span): AsyncGenerator<EntryRow, void, undefined> {
  const { key, model } = traffic
  // The database leaves out what is no traffic of the run; without that, each model's run would read the entries of all.
  const only = model === undefined ? {} : { model: `${model.provider}/${model.name}` }
  let seen = 0
  for await (const row of entryRows(parts.tables, { ...span, ...only, key })) {
    // SQLite answers within the turn it is asked in: without a pause, a long run would hold up every request of the gateway.
    seen += 1
    if (seen % ROWS_A_TURN === 0) await endOfTurn()
    if (!isTraffic(traffic, row)) continue
    result.entriesRead += 1
    yield row
  }
}

function countEntry(run: Run, row: EntryRow): void {
  for (const tally of entryTallies(run, row)) {
    if (row.kind === 'request') tally.requests += 1n
    if (row.cost_currency !== null && row.cost_pico !== null)
      tally.before(row.cost_currency, Number(row.at), row.cost_pico)
    else if (row.kind === 'request') tally.unpricedBefore += 1n
  }
}

/** A correction has no usage, so nothing would have been paid for it. */
function priceEntry(run: Run, row: EntryRow): void {
  if (row.kind !== 'request') return
  const { parts, request, target, result } = run
  const at = Number(row.at)
  const usage = withExtra(usageOf(row), row.extra)
  const quote = parts.prices.quote({ model: target, at, listAt: request.listAt ?? undefined, usage })
  const tallies = entryTallies(run, row)
  if (quote.state === 'unpriced') {
    for (const tally of tallies) tally.unpricedAfter += 1n
    result.assumptions.unpriced(quote.notes[0] ?? '')
    return
  }
  const atto = quote.lines.reduce((sum, line) => sum + (parseAtto(line.amount) ?? 0n), 0n) as Atto
  for (const tally of tallies) tally.after(quote.currency, Number(row.at), atto)
  if (atto % ATTO_PER_PICO !== 0n) result.rounded += 1n
  result.assumptions.notePrices(quote.notes)
  const cached = quote.lines.find(({ component }) => component === 'cached_input')
  if (cached !== undefined) result.assumptions.cached(target, row.cached_input, cached.priced_as === undefined)
}

function entryTallies(run: Run, row: EntryRow): ReturnType<typeof talliesOf> {
  return talliesOf(run, { isPractice: row.practice === 1n, group: groupOf(run, groupName(run, row), Number(row.at)) })
}

function groupName({ request }: Run, row: EntryRow): string {
  switch (request.groupBy) {
    case 'route':
      return row.route ?? ''
    case 'model':
      return `${row.provider}/${row.model}`
    case 'key':
      return row.key_id
    case 'day':
    case null:
      return ''
  }
}
