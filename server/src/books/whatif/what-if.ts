/**
 * What would this traffic have cost at the prices of another model, or of another day? Requests are priced by their sums
 * where every price treats them alike, and one by one where not, so the answer is exact either way.
 */
import type { Amount } from '@paddock/contract/entry'
import type { WhatIf } from '@paddock/contract/what-if'
import { isoInstant } from '../../base/clock.ts'
import { formatAtto, type Atto } from '../../money/fixed-point.ts'
import { joinPico } from '../../money/split-pico.ts'
import { completeFrom } from '../retention/mark.ts'
import { Assumptions } from './assumptions.ts'
import { planEpochs } from './epochs.ts'
import { priceCell } from './price-cell.ts'
import { isByKey, readCells, readModels, type CellSum, type Traffic } from './read-cells.ts'
import { readLosses } from './read-losses.ts'
import { readEntriesOf } from './read-entries-of.ts'
import { groupOf, talliesOf, type Result, type Run, type WhatIfParts, type WhatIfRequest } from './run.ts'
import { slotOf } from './grid.ts'
import { Tally } from './tally.ts'

export async function askWhatIf(parts: WhatIfParts, request: WhatIfRequest): Promise<WhatIf> {
  const result: Result = {
    total: new Tally(),
    groups: new Map(),
    practice: new Tally(),
    assumptions: new Assumptions(request),
    rounded: 0n,
    entriesRead: 0,
  }
  for (const { target, traffic } of await listRuns(parts, request))
    await runOne({ parts, request, traffic, target, result })
  const { from, to, traffic = {} } = request
  const mark = Number(await completeFrom(parts.tables))
  if (from < mark) result.assumptions.lossesFrom(mark)
  return { ...answer(parts, request, result), ...named(await readLosses(parts.tables, { from, to, traffic })) }
}

function named(lost: readonly Amount[]): Pick<WhatIf, 'retry_loss'> {
  return lost.length === 0 ? {} : { retry_loss: lost }
}

/** One for the model asked for, or one for each model that was used. */
async function listRuns(
  { tables, bookName }: WhatIfParts,
  { from, to, model, traffic = {} }: WhatIfRequest,
): Promise<{ target: string; traffic: Traffic }[]> {
  if (model !== null) return [{ target: model, traffic }]
  const used = await readModels(tables, { from: slotOf(from).from, to })
  const wanted = used.filter(
    ({ provider, model: name }) =>
      traffic.model === undefined || (traffic.model.provider === provider && traffic.model.name === name),
  )
  return wanted.map(({ provider, model: name }) => ({
    target: bookName(provider, name),
    traffic: { ...traffic, model: { provider, name } },
  }))
}

async function runOne(run: Run): Promise<void> {
  const { parts, request, traffic, target } = run
  const prices = parts.prices.classPrices(target, { listAt: request.listAt })
  const { groupBy } = request
  const plan = planEpochs(prices, { ...request, byKey: isByKey({ traffic, groupBy }) })
  const cells = await readCells(parts.tables, { starts: plan.starts, traffic, groupBy })
  const mixed: CellSum[] = []
  for (const cell of cells) {
    const at = plan.epochs[Number(cell.epoch)]?.at ?? 0
    countCell(run, cell, at)
    if (!priceCell(run, { cell, at, prices })) mixed.push(cell)
  }
  await readEntriesOf(run, plan, mixed)
}

/** What the ledger says, whatever comes of the price. */
function countCell(run: Run, cell: CellSum, at: number): void {
  const pico = joinPico({ whole: cell.cost_whole, pico: cell.cost_pico })
  for (const tally of talliesOf(run, { isPractice: cell.practice === 1n, group: groupOf(run, cell.group_name, at) })) {
    tally.requests += cell.requests
    if (cell.cost_currency === '') tally.unpricedBefore += cell.requests
    else tally.before(cell.cost_currency, at, pico)
  }
}

/** Each rounds by half of the last digit at most, and so does the sum. */
const HALF_PICO = 500_000n

function answer({ fx }: WhatIfParts, request: WhatIfRequest, result: Result): WhatIf {
  const { from, to, model, listAt, groupBy, currency = null } = request
  const reporting = currency === null ? null : { currency, fx }
  const { total, groups, practice, rounded, entriesRead, assumptions } = result
  const named = [...groups].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return {
    from: isoInstant(from),
    to: isoInstant(to),
    as: model,
    prices_at: listAt === null ? null : isoInstant(listAt),
    total: total.written(reporting),
    group_by: groupBy,
    groups: named.map(([group, tally]) => ({ group, ...tally.written(reporting) })),
    practice: practice.requests === 0n ? null : practice.written(reporting),
    rounding: formatAtto((rounded === 0n ? 0n : (rounded + 1n) * HALF_PICO) as Atto, 12),
    entries_read: entriesRead,
    assumptions: assumptions.sentences(),
  }
}
