import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { readBudgetRules } from '../books/budgets/rules.ts'
import type { Directory } from '../callers/directory.ts'
import type { RacePrices } from '../races/live/cost-ahead.ts'
import type { Store } from '../store/store.ts'
import { readCount, wrongArgument } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { makeDemoFolder } from './demo/demo-folder.ts'
import { makeDemo } from './demo/make-demo.ts'
import { dayOf, DAYS_MAX, spanOf } from './demo/story.ts'
import { writeDemoConfig } from './demo/write-config.ts'
import { withCommonOptions } from './options.ts'
import { tellStarted, type Serve } from './serve.ts'

type DemoOptions = CommonOptions & {
  readonly seed: string
  readonly days: string
  readonly force?: boolean
  readonly serve?: boolean
}

/** The data folder and what lies in it, with every table there. */
export type OpenDataFolder = (
  options: CommonOptions,
) => Promise<{ readonly store: Store; readonly directory: Directory }>

type DemoTools = {
  readonly openFolder: OpenDataFolder
  readonly racePrices: (options: CommonOptions) => RacePrices
  readonly serve: Serve
}

const FOLDER = 'paddock-demo'
const BAR_WIDTH = 30

/** `paddock demo`: ninety days of the price war of 2024 in a data folder of their own. */
export function demoCommand(context: CliContext, tools: DemoTools): Command {
  return withCommonOptions(new Command('demo'))
    .description('fill a data folder of its own with ninety days of the price war of 2024, to look around in')
    .option('--seed <number>', 'the same seed makes the same entries', '2024')
    .option('--days <count>', `around 2024-05-21, at most ${DAYS_MAX}`, String(DAYS_MAX))
    .option('--force', 'replace the demo that is there')
    .option('--serve', 'start the gateway on it')
    .addHelpText(
      'after',
      '\n--data is ./paddock-demo here unless you say otherwise, and paddock.yaml is written into it.\n\nExamples:\n  paddock demo\n  paddock demo --days 14 --seed 7 --data /tmp/demo\n  paddock demo --force --serve',
    )
    .action((options: DemoOptions) => act(context, tools, options))
}

async function act(context: CliContext, tools: DemoTools, options: DemoOptions): Promise<void> {
  const { output } = context
  const seed = readCount(options.seed, '--seed', { from: 0, digitsMax: 9 })
  const days = readDays(options.days)
  const span = spanOf(days)
  const data = resolve(options.data ?? FOLDER)
  const told = { seed, days, from: dayOf(span.from), to: dayOf(span.to - 1) }
  makeDemoFolder(data, { force: options.force === true, told })
  const where = { data, config: writeDemoConfig(data) }
  const pricing = await context.openPricing(where)
  const config = context.config(where)
  const { store, directory } = await tools.openFolder(where)
  try {
    const entries = await makeDemo({
      folder: data,
      store,
      pricing,
      racePrices: tools.racePrices(where),
      budgets: readBudgetRules(config.budgets, config.zone),
      seed,
      span,
      onDay: (done) => {
        output.progress(() => [bar(done, days)])
      },
    })
    output.progress(() => [])
    const common = { models: null, expiresAt: null }
    const admin = await directory.createKey({ ...common, name: 'demo admin token', scopes: ['admin'] })
    const { key } = await directory.createKey({ ...common, name: 'demo key', scopes: ['call'] })
    const made = { folder: data, config: where.config, ...told, entries, admin: admin.key, key }
    if (options.json === true) output.json(made)
    else for (const line of summary(made, options.data ?? FOLDER)) output.line(line)
  } finally {
    await store.close()
  }
  if (options.serve === true) tellStarted(output, await tools.serve(where), options)
}

function readDays(text: string): number {
  const days = readCount(text, '--days', { from: 1, digitsMax: 3 })
  if (days <= DAYS_MAX) return days
  throw wrongArgument('--days', `takes at most ${DAYS_MAX} days`, text)
}

function bar({ days, entries }: { days: number; entries: number }, all: number): string {
  const full = Math.round((days / all) * BAR_WIDTH)
  return `  ${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}  day ${days} of ${all}, ${entries} entries`
}

type Made = {
  readonly from: string
  readonly to: string
  readonly entries: number
  readonly admin: string
  readonly key: string
}

/** `folder` as it was written: whoever reads it stands where it was. */
function summary({ from, to, entries, admin, key }: Made, folder: string): string[] {
  const here = `--data ${folder}`
  const both = `${here} --config ${join(folder, 'paddock.yaml')}`
  return [
    '',
    `  ${entries} entries from ${from} to ${to}, in ${folder}`,
    '',
    `  admin token  ${admin}`,
    `  key          ${key}`,
    '               Both are shown this once. "paddock keys create" makes more.',
    '',
    '  Look around:',
    '',
    `  paddock books verify ${here}`,
    `  paddock prices events ${here}`,
    `  paddock race verdicts ${here}`,
    `  paddock race status chat ${both}`,
    `  paddock books whatif ${both} --from 2024-05-01 --to 2024-06-01 --route chat --as deepseek/deepseek-chat --in CNY`,
    `  paddock leagues table ${both} --by app --from 2024-05-18 --to 2024-05-25`,
    `  paddock serve ${both}`,
    '',
  ]
}
