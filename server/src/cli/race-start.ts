import type { Command } from 'commander'
import { formatPico } from '../money/fixed-point.ts'
import { CHALLENGERS_MAX, championOf, checkWanted } from '../races/live/check-wanted.ts'
import type { ShadowConfig } from '../races/live/live-race.ts'
import { startRace, WINDOW_HOURS, type WantedRace } from '../races/live/start.ts'
import { oneOf, readCount, readNames, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { readModel, readMoney, readPercent, readShare, warnOfKin } from './race-arguments.ts'
import { ACTOR, showRaces, type LiveRaces, type OpenLiveRaces } from './race-live.ts'
import { withOpen } from './with-open.ts'

type StartOptions = CommonOptions & {
  readonly champion?: string
  readonly challenger: readonly string[]
  readonly mode: string
  readonly grader: string
  readonly budget?: string
  readonly concurrency: string
  readonly tools?: boolean
  readonly unit: string
  readonly windowHours?: string
  readonly margin: string
  readonly alpha: string
  readonly saving: string
  readonly anyCost?: boolean
  readonly ramp: string
  readonly rampHours: string
  readonly minHours: string
  readonly pacer: string
  readonly watchDays: string
  readonly auto?: boolean
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** `paddock race start`: everything that decides a race is said, checked and frozen here. */
export function addStartCommand(race: Command, context: CliContext, open: OpenLiveRaces): void {
  withCommonOptions(race.command('start'))
    .description("race models on a route's own traffic; a running server takes it up within seconds")
    .argument('<route>', 'the route')
    .requiredOption('--challenger <model...>', `provider/model that might lead it; at most ${CHALLENGERS_MAX}`)
    .option('--champion <model>', 'provider/model that leads it now, where its first candidate does not')
    .option(
      '--mode <mode>',
      "split: some get the challenger's answers; shadow: it is asked beside the champion, and nobody sees it",
      'split',
    )
    .option('--grader <grader>', 'of shadow: exact, json-schema, or judge:<provider/model>', 'exact')
    .option('--budget <money>', 'of shadow: the most that it may cost, such as 20CNY')
    .option('--concurrency <n>', 'of shadow: calls at the same time; what comes beyond is left out', '4')
    .option('--tools', 'of shadow: send requests with tools once more, too')
    .option('--unit <unit>', 'what is assigned and counted once: user, conversation, request', 'user')
    .option('--window-hours <n>', 'hours over which the requests of a unit are gathered; at most 168')
    .option('--margin <share>', 'how much worse a challenger may be liked', '0.05')
    .option('--alpha <share>', 'chance of promoting a challenger that is too bad', '0.05')
    .option('--saving <share>', 'how much cheaper it must be', '0.1')
    .option('--any-cost', 'promote on quality alone')
    .option('--ramp <percents>', "the challengers' share in each phase", '5,20,50')
    .option('--ramp-hours <n>', 'how long a phase lasts at least', '24')
    .option('--min-hours <n>', 'no promotion before', '24')
    .option('--pacer <percent>', 'what the old champion keeps after a promotion', '5')
    .option('--watch-days <n>', 'for how long', '7')
    .option('--auto', 'promote without asking; else it waits for "paddock race promote"')
    .addHelpText('after', START_HELP)
    .action((route: string, options: StartOptions) =>
      withOpen(open(options), (live) => start(context, live, { route, options })),
    )
}

const START_HELP = `
Examples:
  paddock race start chat --challenger deepseek/deepseek-chat --auto
  paddock race start chat --challenger lab/small lab/tiny --unit conversation --ramp 10,50 --saving 0.3`

async function start(
  context: CliContext,
  live: LiveRaces,
  { route, options }: { route: string; options: StartOptions },
): Promise<void> {
  const wanted = readWanted(live, route, options)
  checkWanted(live, wanted, context.clock.now())
  const { champion, challengers, shadow } = wanted
  const kin = shadow?.grader.kind === 'judge' ? warnOfKin(shadow.grader.model, [champion, ...challengers]) : null
  if (kin !== null) context.output.note(kin)
  const race = await startRace({ tables: live.tables, clock: context.clock, actor: ACTOR }, wanted)
  await showRaces(context, live, { races: [race], options })
  if (options.json !== true)
    context.output.note(
      `Where it stands: paddock race status ${race.id}. At most ${race.config.trialsMax} ${wanted.unit}s decide it.`,
    )
}

function readWanted(live: LiveRaces, route: string, options: StartOptions): WantedRace {
  const leading = championOf(live, route)
  const champion = options.champion === undefined ? leading : readModel(options.champion, '--champion')
  const challengers = options.challenger.map((model) => readModel(model, '--challenger'))
  const unit = oneOf(options.unit, '--unit', ['user', 'conversation', 'request'] as const) ?? 'user'
  const mode = oneOf(options.mode, '--mode', ['split', 'shadow'] as const) ?? 'split'
  const currency = live.currencyOf(champion) ?? 'USD'
  const hours = (text: string, option: string): number => readCount(text, option, { from: 0, digitsMax: 4 }) * HOUR_MS
  return {
    route,
    champion,
    challengers,
    mode,
    unit,
    windowMs: Math.min(
      7 * DAY_MS,
      Math.max(1, hours(options.windowHours ?? String(WINDOW_HOURS[unit]), '--window-hours')),
    ),
    margin: readShare(options.margin, '--margin'),
    alpha: readShare(options.alpha, '--alpha'),
    saving: options.anyCost === true ? null : readShare(options.saving, '--saving', { zero: true }),
    currency,
    ramp: readNames(options.ramp, '--ramp').map((text) => readPercent(text, '--ramp')),
    rampMs: hours(options.rampHours, '--ramp-hours'),
    minMs: hours(options.minHours, '--min-hours'),
    auto: options.auto === true,
    pacer: options.pacer === '0' ? 0 : readPercent(options.pacer, '--pacer'),
    watchMs: readCount(options.watchDays, '--watch-days', { from: 1, digitsMax: 3 }) * DAY_MS,
    shadow: mode === 'split' ? null : readShadow(options, currency),
    expectedSaving: null,
  }
}

/** Calls that nobody asked for have a limit in money; a judge may not be one of those it judges. */
function readShadow(options: StartOptions, currency: string): ShadowConfig {
  const { budget, grader, concurrency, tools } = options
  if (budget === undefined) throw wrongArgument('--mode', 'needs a --budget for shadow, such as 20CNY', options.mode)
  const money = readMoney(budget, '--budget')
  if (money.currency !== currency)
    throw wrongArgument('--budget', `takes ${currency}, which the champion is priced in`, budget)
  return {
    budget: formatPico(money.pico),
    concurrencyMax: readCount(concurrency, '--concurrency', { from: 1, digitsMax: 3 }),
    tools: tools === true,
    grader: readGrader(grader),
  }
}

function readGrader(text: string): ShadowConfig['grader'] {
  if (text === 'exact' || text === 'json-schema') return { kind: text }
  const [kind, ...rest] = text.split(':')
  const model = rest.join(':')
  if (kind !== 'judge') throw wrongArgument('--grader', 'takes exact, json-schema, or judge:<provider/model>', text)
  return { kind, model: readModel(model, '--grader') }
}
