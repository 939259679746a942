import type { Command } from 'commander'
import { excerpt } from '../base/errors.ts'
import { promoteByHand, rollBackByHand, stopByHand } from '../races/live/by-hand.ts'
import { exportRace } from '../races/live/export.ts'
import { isOpen, type LiveRace } from '../races/live/live-race.ts'
import { readRaces } from '../races/live/race-rows.ts'
import type { Referee } from '../races/live/referee.ts'
import type { RacePrices } from '../races/live/cost-ahead.ts'
import { statusOf, type RaceStatus } from '../races/live/status.ts'
import type { RaceDatabase } from '../races/live/tables.ts'
import { brokenVerdict, readVerdicts } from '../races/live/verdict-chain.ts'
import type { Leads } from '../routing/leads.ts'
import type { RoutingTable } from '../routing/table.ts'
import { wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { printRows } from './output.ts'
import { withOpen } from './with-open.ts'

/** What commands about live races work on: the tables that a running server reads too. */
export type LiveRaces = {
  readonly tables: RaceDatabase
  readonly leads: Leads
  readonly routing: RoutingTable
  readonly prices: RacePrices
  readonly currencyOf: (model: string) => string | null
  close(): Promise<void>
}

export type OpenLiveRaces = (options: CommonOptions) => Promise<LiveRaces>

/** Who gave a command, as verdicts have it. */
export const ACTOR = 'command line'

type About<Options = CommonOptions> = { readonly id: string; readonly options: Options }
type Told<Options = CommonOptions> = { readonly id: string | undefined; readonly options: Options }
type PromoteOptions = CommonOptions & { readonly challenger?: string }

/** `paddock race status|stop|promote|rollback|verdicts|export`: races on a route's own traffic. */
export function addLiveCommands(race: Command, context: CliContext, open: OpenLiveRaces): void {
  const about = (name: string, description: string): Command =>
    withCommonOptions(race.command(name)).description(description).argument('<race>', 'its id, or its route')
  withCommonOptions(race.command('status'))
    .description('where races on routes stand, and what they have saved')
    .argument('[race]', 'its id, or its route; all if left out')
    .action((id: string | undefined, options: CommonOptions) =>
      withOpen(open(options), (live) => status(context, live, { id, options })),
    )
  about('stop', 'end a race; who leads the route stays as it is').action((id: string, options: CommonOptions) =>
    withOpen(open(options), (live) => stop(context, live, { id, options })),
  )
  about('promote', 'let a promotable challenger lead the route')
    .option('--challenger <model>', 'this one, whatever the evidence says')
    .action((id: string, options: PromoteOptions) =>
      withOpen(open(options), (live) => promoteOne(context, live, { id, options })),
    )
  about('rollback', 'let what led the route before a promotion lead it again').action(
    (id: string, options: CommonOptions) => withOpen(open(options), (live) => goBack(context, live, { id, options })),
  )
  withCommonOptions(race.command('verdicts'))
    .description('what was decided, and on what evidence; exits with 1 when a row is not what was written')
    .argument('[race]', 'its id; all if left out')
    .action((id: string | undefined, options: CommonOptions) =>
      withOpen(open(options), (live) => verdicts(context, live, { id, options })),
    )
  about('export', 'all that a race was decided on, one JSON object a line').action(
    (id: string, options: CommonOptions) =>
      withOpen(open(options), async (live) => {
        for await (const line of exportRace(live.tables, await findRace(live, id)))
          await context.output.write(`${JSON.stringify(line)}\n`)
      }),
  )
}

async function status(context: CliContext, live: LiveRaces, { id, options }: Told): Promise<void> {
  const races = id === undefined ? await readRaces(live.tables) : [await findRace(live, id)]
  await showRaces(context, live, { races, options })
}

type Shown = { readonly races: readonly LiveRace[]; readonly options: CommonOptions }

/** A line for each race and challenger. */
export async function showRaces(
  { output, clock }: CliContext,
  live: LiveRaces,
  { races, options }: Shown,
): Promise<void> {
  const rows: RaceStatus[] = []
  for (const race of races) rows.push(await statusOf(race, { ...live, now: clock.now() }))
  if (options.json === true) {
    for (const row of rows) output.json(row)
    return
  }
  printRows(output, options, {
    rows: rows.flatMap((row) => row.challengers.map((challenger) => ({ row, challenger }))),
    head: [
      'RACE',
      'ROUTE',
      'STATE',
      'CHALLENGER',
      'FATE',
      'UNITS',
      'DIFFERENCE',
      'INTERVAL',
      'QUALITY',
      'ERRORS',
      'COST',
    ],
    cells: ({ row, challenger: { model, fate, units, difference, interval, evidence, cost } }) => [
      row.id,
      row.route,
      row.state,
      model,
      fate,
      `${units.challenger} / ${units.champion}`,
      difference === null ? '' : points(difference),
      `${points(interval.low)} … ${points(interval.high)}`,
      percent(evidence['quality'] ?? 0),
      percent(evidence['errors'] ?? 0),
      cost,
    ],
    notes: rows.flatMap(notesOf),
  })
}

function notesOf({ id, reason, holds, saving, currency, mirrored, race_cost, mode }: RaceStatus): string[] {
  return [
    ...(reason === null ? [] : [`${id}: ${reason}`]),
    ...holds.map((hold) => `${id} waits: ${hold}`),
    ...(mode === 'shadow'
      ? [
          `${id}: ${mirrored.repeated} requests repeated for ${race_cost.toFixed(4)} ${currency}, left out: ${mirrored.busy} busy, ${mirrored.budget} over budget, ${mirrored.tools} with tools`,
        ]
      : []),
    ...(saving === null
      ? []
      : [
          `${id}: ${saving.requests} requests since the promotion cost ${saving.paid.toFixed(4)} ${currency}; the champion would have cost ${saving.counterfactual.toFixed(4)}`,
          ...(race_cost === 0 || saving.counterfactual <= saving.paid
            ? []
            : [
                `${id}: the race cost ${race_cost.toFixed(4)} ${currency} and has paid back ${percent((saving.counterfactual - saving.paid) / race_cost)} of it`,
              ]),
        ]),
  ]
}

function points(difference: number): string {
  return `${(difference * 100).toFixed(2)} pp`
}

function percent(share: number): string {
  return `${Math.min(100, Math.floor(share * 100))} %`
}

async function stop(context: CliContext, live: LiveRaces, { id, options }: About): Promise<void> {
  const race = await stopByHand(refereeOf(context, live), await findRace(live, id), { actor: ACTOR })
  await showRaces(context, live, { races: [race], options })
}

async function promoteOne(context: CliContext, live: LiveRaces, { id, options }: About<PromoteOptions>): Promise<void> {
  const race = await findRace(live, id)
  const evidence = await statusOf(race, { ...live, now: context.clock.now() })
  const by = { actor: ACTOR, evidence, challenger: options.challenger ?? null }
  await showRaces(context, live, { races: [await promoteByHand(refereeOf(context, live), race, by)], options })
}

async function goBack(context: CliContext, live: LiveRaces, { id, options }: About): Promise<void> {
  const race = await rollBackByHand(refereeOf(context, live), await findRace(live, id), { actor: ACTOR })
  await showRaces(context, live, { races: [race], options })
}

async function verdicts({ output }: CliContext, { tables }: LiveRaces, { id, options }: Told): Promise<void> {
  const rows = await readVerdicts(tables, id)
  printRows(output, options, {
    rows,
    head: ['AT', 'RACE', 'VERDICT', 'CHALLENGER', 'BY', 'REASON'],
    cells: ({ at, race, kind, challenger, actor, reason }) => [at, race, kind, challenger ?? '', actor, reason],
  })
  const broken = await brokenVerdict(tables)
  if (broken === null) return
  output.note(`Verdict ${broken} is not what was written, or one before it is missing.`)
  process.exitCode = 1
}

function refereeOf({ clock }: CliContext, { tables, leads }: LiveRaces): Referee {
  return { tables, clock, leads, onVerdict: () => undefined }
}

async function findRace({ tables }: LiveRaces, name: string): Promise<LiveRace> {
  const races = await readRaces(tables)
  const found =
    races.find(({ id }) => id === name) ??
    races.find((race) => race.config.route === name && isOpen(race)) ??
    races.findLast((race) => race.config.route === name)
  if (found !== undefined) return found
  throw wrongArgument('<race>', 'takes the id of a race, or its route; "paddock race status" lists them', excerpt(name))
}
