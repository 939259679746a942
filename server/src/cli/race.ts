import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { excerpt, PaddockError } from '../base/errors.ts'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import { openFxTable } from '../prices/fx.ts'
import type { Gate } from '../races/dataset/ask.ts'
import { judgeOf, nameOf, type Arm, type Grader, type RaceConfig } from '../races/dataset/config.ts'
import { checkAnswers, GRADERS, type GraderName } from '../races/dataset/grade.ts'
import { readDataset, shuffled, type Dataset } from '../races/dataset/item.ts'
import { readLabels } from '../races/dataset/people.ts'
import type { Ending, Progress } from '../races/dataset/race.ts'
import type { People } from '../races/dataset/report.ts'
import { raceFolder, REPORT_PAGE, runInFolder, TO_LABEL } from '../races/dataset/run-in-folder.ts'
import { oneOf, readCount, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { readModel, readMoney, readRate, readShare, warnOfKin, type Money } from './race-arguments.ts'
import { addLiveCommands, type OpenLiveRaces } from './race-live.ts'
import { racePlanCommand } from './race-plan.ts'
import { progressLines } from './race-progress.ts'
import { printReport } from './race-report.ts'
import { addStartCommand } from './race-start.ts'

/** What races need of the whole program: the command line knows no gateway. */
export type RaceTools = {
  /** Paddock in this process, with a key that is revoked at the end. */
  openPaddock(options: CommonOptions): Promise<Gate & { close(): Promise<void> }>
  /** Races on routes, as the tables of the data folder have them. */
  readonly openLive: OpenLiveRaces
  /** The dataset that is shipped, as JSON Lines. */
  practiceDataset(): Promise<string>
  /** Aborted when the person wants to stop. */
  readonly stopped: AbortSignal
}

type RunOptions = CommonOptions & {
  readonly champion: string
  readonly challenger?: readonly string[]
  readonly margin: string
  readonly grader: string
  readonly alpha: string
  readonly people: string
  readonly labels?: string
  readonly saving: string
  readonly anyCost?: boolean
  readonly budget?: string
  readonly rate?: readonly string[]
  readonly concurrency: string
  readonly seed: string
  readonly aa?: boolean
  readonly url?: string
  readonly key?: string
}

const PRACTICE_DATASET = 'practice:gsm8k'
const CHALLENGERS_MAX = 5

const EXIT_CODES: Record<Ending['kind'], number> = { promote: 0, reject: 10, inconclusive: 11, abort: 12 }

/** `paddock race`: is the cheaper model good enough? */
export function raceCommand(context: CliContext, tools: RaceTools): Command {
  const race = new Command('race').description('find out whether a cheaper model is good enough')
  withCommonOptions(race.command('run'))
    .description('race models on a dataset; stops as soon as the answer is certain, and goes on where it was stopped')
    .argument('<data>', `JSON Lines with "prompt" or "messages", and "answer"; or ${PRACTICE_DATASET}`)
    .requiredOption('--champion <model>', 'provider/model in use now')
    .option('--challenger <model...>', `provider/model that might replace it; at most ${CHALLENGERS_MAX}`)
    .option('--margin <share>', 'how much worse a challenger may be; 0.02 is two percentage points', '0.02')
    .option('--grader <name>', `${Object.keys(GRADERS).join(', ')}, or judge:<provider/model>`, 'exact')
    .option('--people <share>', 'of judge: write down this share of the pairs for people to read', '0')
    .option('--labels <file>', 'what people said of those pairs')
    .option('--saving <share>', 'how much cheaper it must be', '0.1')
    .option('--any-cost', 'promote on quality alone')
    .option('--budget <money>', 'stop before more than this is spent, such as 20CNY')
    .option('--rate <rate...>', "what a currency is worth in the race's, such as USD=7.27 (fx in paddock.yaml)")
    .option('--alpha <share>', 'chance of promoting a challenger that is too bad', '0.05')
    .option('--concurrency <n>', 'calls at the same time', '8')
    .option('--seed <text>', 'decides the order of the items', '1')
    .option('--aa', 'race the champion against itself: checks data and grader, and must not reject')
    .option('--url <url>', 'race through this running Paddock, with --key or PADDOCK_KEY')
    .option('--key <key>', 'a key of that Paddock')
    .addHelpText('after', RUN_HELP)
    .action((data: string, options: RunOptions) => run(context, tools, { data, options }))
  addStartCommand(race, context, tools.openLive)
  addLiveCommands(race, context, tools.openLive)
  return race.addCommand(racePlanCommand(context))
}

const RUN_HELP = `
Examples:
  paddock race run ${PRACTICE_DATASET} --grader numeric --margin 0.05 --rate USD=7.27 --budget 40CNY \\
    --champion practice/gpt-4o-2024-05-13 \\
    --challenger practice/deepseek-v2-chat-0628 practice/qwen2-72b-instruct practice/yi-large
  paddock race run mine.jsonl --champion openai/gpt-4o --challenger deepseek/deepseek-chat --budget 3USD --rate CNY=0.14
  paddock race run mine.jsonl --champion openai/gpt-4o --challenger deepseek/deepseek-chat --budget 3USD --grader judge:zhipu/glm-4

Exit codes: 0 promote, 10 reject, 11 inconclusive, 12 aborted (budget used up, or stopped).`

type Wanted = { readonly data: string; readonly options: RunOptions }

async function run(context: CliContext, tools: RaceTools, { data, options }: Wanted): Promise<void> {
  const isJudged = judgeOf(options.grader as Grader) !== null
  const dataset =
    data === PRACTICE_DATASET ? readDataset(data, await tools.practiceDataset()) : readFile(data, { isJudged })
  const budget = options.budget === undefined ? null : readMoney(options.budget, '--budget')
  const config = await freeze(context, dataset, { options, budget })
  const people = readPeople(options, config)
  const concurrency = readCount(options.concurrency, '--concurrency', { from: 1, digitsMax: 3 })
  const folder = raceFolder(context.config(options).dataFolder, config)
  const { report, toLabel } = await runInFolder({
    folder,
    config,
    items: shuffled(dataset.items, config.seed),
    people,
    budget: budget?.pico ?? null,
    concurrency,
    signal: tools.stopped,
    onProgress: showProgress(context, config),
    openGate: (known) => {
      announce(context, { config, known, folder })
      return openGate(context, tools, options)
    },
  })
  context.output.progress(() => [])
  if (toLabel !== null) context.output.note(`${toLabel} pairs for people to read: ${join(folder, TO_LABEL)}`)
  if (options.json === true) context.output.json(report)
  else printReport(context.output, report, join(folder, REPORT_PAGE))
  process.exitCode = EXIT_CODES[report.verdict.kind]
}

/** Whether people are asked about a share of what a judge compares, and what they have said. */
function readPeople({ people, labels }: RunOptions, { grader, seed }: RaceConfig): People | null {
  const share = readShare(people, '--people', { zero: true })
  if (share === 0 && labels === undefined) return null
  if (share === 0 || judgeOf(grader) === null)
    throw wrongArgument(
      '--people',
      'takes the share of the pairs that people read, where a judge is the grader',
      people,
    )
  return { share, labels: labels === undefined ? new Map() : readLabels(labels, readText(labels), seed) }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new PaddockError('argument_invalid', { message: `The file ${excerpt(path)} cannot be read.`, cause })
  }
}

const SHOW_EVERY_MS = 250

/** Shows where the race stands, a few times a second: working out intervals at every answer would only slow it down. */
function showProgress({ output, clock }: CliContext, config: RaceConfig): (state: Progress) => void {
  let nextAt = 0
  return (state) => {
    if (clock.elapsed() < nextAt) return
    nextAt = clock.elapsed() + SHOW_EVERY_MS
    output.progress(() => progressLines(state, config))
  }
}

function readFile(path: string, how: { isJudged: boolean }): Dataset {
  try {
    return readDataset(basename(path), readFileSync(path, 'utf8'), how)
  } catch (cause) {
    if (cause instanceof PaddockError) throw cause
    throw new PaddockError('argument_invalid', {
      message: `The dataset ${excerpt(path)} cannot be read. Give a JSON Lines file, or ${PRACTICE_DATASET}.`,
      cause,
    })
  }
}

/** Reads and checks all that decides the race, before a single call is paid for. */
async function freeze(
  context: CliContext,
  dataset: Dataset,
  { options, budget }: { options: RunOptions; budget: Money | null },
): Promise<RaceConfig> {
  const champion: Arm = { model: readModel(options.champion, '--champion'), copy: 0 }
  const challengers = readChallengers(options, champion)
  const book = await context.openPrices(options)
  const currencyOf = ({ model }: Arm): string | null => book.currencyOf(model)
  const saving =
    options.aa === true || options.anyCost === true ? null : readShare(options.saving, '--saving', { zero: true })
  const grader = readGrader(options.grader, [champion, ...challengers])
  const judge = judgeOf(grader)
  const asked = [champion, ...challengers, ...(judge === null ? [] : [{ model: judge, copy: 0 }])]
  const currencies = asked.map(currencyOf)
  const { currency, rates } = readRates(context, { options, budget, currencies })
  for (const arm of asked) {
    const own = currencyOf(arm)
    if (own === null && (saving !== null || budget !== null))
      throw new PaddockError('argument_invalid', {
        message: `${excerpt(arm.model)} has no price, so its cost cannot be counted. Give it one in paddock.yaml, or race on quality alone: --any-cost and no --budget.`,
      })
    if (
      own !== null &&
      own !== currency &&
      !rates.some(([from]) => from === own) &&
      (saving !== null || budget !== null)
    )
      throw new PaddockError('argument_invalid', {
        message: `${excerpt(arm.model)} is priced in ${own} and the race counts in ${currency}. Say what one ${own} is worth: --rate ${own}=…, or fx in paddock.yaml.`,
      })
  }
  if (judge === null) checkAnswers(grader as GraderName, dataset.items)
  return {
    dataset: { name: dataset.name, sha256: dataset.sha256, items: dataset.items.length },
    champion,
    challengers,
    grader,
    margin: readShare(options.margin, '--margin'),
    alpha: readShare(options.alpha, '--alpha'),
    saving,
    currency,
    rates,
    seed: options.seed,
  }
}

/** A model that judges may not be one of those it judges. */
function readGrader(text: string, arms: readonly Arm[]): Grader {
  const judge = judgeOf(text as Grader)
  if (judge === null) return oneOf(text, '--grader', Object.keys(GRADERS) as GraderName[]) ?? 'exact'
  if (arms.some(({ model }) => model === judge))
    throw wrongArgument('--grader', 'takes a judge that is none of the raced', text)
  return `judge:${readModel(judge, '--grader')}`
}

const ONE_UNIT = (10n ** 12n) as Pico

type Priced = {
  readonly options: RunOptions
  readonly budget: Money | null
  readonly currencies: readonly (string | null)[]
}

/** The race's currency, and what others are worth in it: by --rate, else by the operator's table. */
function readRates(
  context: CliContext,
  { options, budget, currencies }: Priced,
): Pick<RaceConfig, 'currency' | 'rates'> {
  const given = new Map((options.rate ?? []).map(readRate))
  // Counted in the budget's currency, else in the first one that needs no rate.
  const currency = budget?.currency ?? currencies.find((own) => own === null || !given.has(own)) ?? 'USD'
  const fx = openFxTable(context.config(options).fx)
  for (const own of currencies) {
    const worth = own === null ? null : fx.convert(ONE_UNIT, { from: own, to: currency, at: context.clock.now() })
    if (own !== null && own !== currency && worth !== null && !given.has(own)) given.set(own, formatPico(worth))
  }
  return { currency, rates: [...given].toSorted(([one], [other]) => (one < other ? -1 : 1)) }
}

function readChallengers({ challenger = [], aa }: RunOptions, champion: Arm): Arm[] {
  if (aa === true && challenger.length > 0) throw wrongArgument('--aa', 'takes no --challenger', challenger.join(' '))
  if (aa === true) return [{ ...champion, copy: 1 }]
  const models = challenger.map((model) => readModel(model, '--challenger'))
  const isDouble = new Set([champion.model, ...models]).size <= models.length
  if (models.length === 0 || models.length > CHALLENGERS_MAX || isDouble)
    throw wrongArgument(
      '--challenger',
      `takes one to ${CHALLENGERS_MAX} models, each once and none the champion (--aa races it against itself)`,
      models.join(' '),
    )
  return models.map((model) => ({ model, copy: 0 }))
}

function openGate(
  context: CliContext,
  tools: RaceTools,
  options: RunOptions,
): Promise<Gate & { close(): Promise<void> }> {
  if (options.url === undefined) return tools.openPaddock(options)
  const key = options.key ?? context.config(options).environment['PADDOCK_KEY']
  if (key === undefined)
    throw wrongArgument('--url', 'needs a key of that Paddock in --key or PADDOCK_KEY', options.url)
  return Promise.resolve({ url: options.url.replace(/\/(v1\/?)?$/, ''), key, close: () => Promise.resolve() })
}

function announce(
  context: CliContext,
  { config, known, folder }: { config: RaceConfig; known: number; folder: string },
): void {
  const { output } = context
  const against = config.challengers.map(nameOf).join(', ')
  output.note(
    `${nameOf(config.champion)} against ${against} on ${config.dataset.items} items of ${config.dataset.name}`,
  )
  const judge = judgeOf(config.grader)
  const kin = judge === null ? null : warnOfKin(judge, [config.champion, ...config.challengers].map(nameOf))
  if (kin !== null) output.note(kin)
  if (known > 0) output.note(`Going on with ${known} answers that are there already, in ${folder}`)
}
