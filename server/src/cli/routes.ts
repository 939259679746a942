import type { ConditionSetting } from '@paddock/contract/routes'
import { Command } from 'commander'
import { placementOf, type Leads } from '../routing/leads.ts'
import type { RequestFacts } from '../routing/request.ts'
import type { Explained, Router } from '../routing/router.ts'
import type { Candidate, Route, RoutingTable } from '../routing/table.ts'
import { instantOr, readCount } from './arguments.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { printRows } from './output.ts'

/** What the commands look at. A router that is opened for a command has measured nothing yet. */
export type Routing = {
  readonly table: RoutingTable
  readonly router: Router
  /** What races have promoted; null without a data folder. */
  readonly leads: (() => Promise<Pick<Leads, 'of'>>) | null
}

/** Opens routing from the configuration; handed in, because prices take part in it. */
export type OpenRouting = (options: CommonOptions) => Promise<Routing>

type ExplainOptions = CommonOptions & {
  readonly stream?: boolean
  readonly images?: boolean
  readonly tools?: boolean
  readonly promptTokens: string
  readonly outputTokens: string
  readonly tag?: readonly string[]
  readonly key?: string
  readonly team?: string
  readonly session?: string
  readonly at?: string
}

/** `paddock routes`: which names callers may ask for, and where a request would go. */
export function routesCommand(context: CliContext, openRouting: OpenRouting): Command {
  const routes = new Command('routes').description('where requests go, and why')
  withCommonOptions(routes.command('list'))
    .description('the routes, with their candidates as they are written')
    .addHelpText('after', '\nExample:\n  paddock routes list --json')
    .action(async (options: CommonOptions) => {
      list(context, await openRouting(options), options)
    })
  withCommonOptions(routes.command('explain'))
    .description('why a request would go where: each candidate with its place, price, health and reason')
    .argument('<model>', 'a route, provider/model, or a bare model')
    .option('--stream', 'a request for a stream')
    .option('--images', 'with an image in it')
    .option('--tools', 'with tools')
    .option('--prompt-tokens <n>', 'of so many prompt tokens', '1000')
    .option('--output-tokens <n>', 'with an answer of so many tokens', '500')
    .option('--tag <name...>', 'with these tags')
    .option('--key <id>', 'from this key')
    .option('--team <id>', 'from this team')
    .option('--session <name>', 'of this session')
    .option('--at <instant>', 'at the prices of this instant, instead of now')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock routes explain chat\n  paddock routes explain chat --stream --prompt-tokens 20000 --json\n  paddock routes explain chat --at 2024-09-01T00:00:00+08:00',
    )
    .action(async (model: string, options: ExplainOptions) => {
      const request = requestOf(options)
      await explain(context, { ...(await openRouting(options)), model, request }, options)
    })
  return routes
}

function list(context: CliContext, { table }: Routing, options: CommonOptions): void {
  printRows(context.output, options, {
    rows: table.routes,
    object: describe,
    head: ['ROUTE', 'STRATEGY', 'CANDIDATES'],
    cells: ({ name, strategy, candidates, missing }) => [
      name ?? '',
      strategy,
      [...candidates.map(candidateText), ...missing.map(({ model }) => `${model} (not set up)`)].join(', '),
    ],
    notes: table.warnings,
  })
}

function describe({ name, strategy, candidates, missing, attemptsMax, sticky, hedge }: Route): object {
  return {
    name,
    strategy,
    candidates: candidates.map(({ model, weight, when }) => ({ model, weight, when })),
    missing,
    attempts_max: attemptsMax,
    sticky,
    hedge,
  }
}

function candidateText({ model, weight, when }: Candidate): string {
  const notes = [...(weight === 1 ? [] : [`weight ${weight}`]), ...(when ? [whenText(when)] : [])]
  return notes.length === 0 ? model : `${model} (${notes.join(', ')})`
}

function whenText(when: ConditionSetting): string {
  return `when ${Object.entries(when)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(' ')}`
}

type Question = Routing & { readonly model: string; readonly request: RequestFacts }

async function explain(context: CliContext, question: Question, options: ExplainOptions): Promise<void> {
  const { table, router, leads, model, request } = question
  const destination = table.resolve(model)
  const at = options.at === undefined ? undefined : instantOr(options.at, '--at', 0)
  const { name, strategy } = destination.order
  const led = name === null ? null : ((await leads?.())?.of(name) ?? null)
  const lead = led && placementOf(led, (each) => table.find(each))
  printRows(context.output, options, {
    rows: router.explain(destination, lead ? { ...request, lead } : request, at),
    head: ['PLACE', 'MODEL', 'PRICE', 'CACHED', 'HEALTH', 'REASON'],
    cells,
    notes: [
      name === null
        ? `${model} is a model, and leads to itself alone.`
        : `The strategy of route ${name} is ${strategy}.`,
      ...(led && !lead
        ? [`Race ${led.race} has promoted ${led.model}, which no provider here offers: it leads nowhere.`]
        : []),
      'As a server sees it that has just started: one that runs also goes by the health, speed and cache hits it has measured.',
    ],
  })
}

function cells({ place, model, price, currency, cached_share: share, health, reason }: Explained): string[] {
  return [
    place === null ? '-' : String(place),
    model,
    price === null ? 'unpriced' : `${price} ${currency ?? ''}`,
    `${(share * 100).toFixed(0)} %`,
    health,
    reason,
  ]
}

const TOKENS = { from: 0, digitsMax: 9 } as const

function requestOf(options: ExplainOptions): RequestFacts {
  return {
    stream: options.stream === true,
    hasImages: options.images === true,
    hasTools: options.tools === true,
    promptTokens: readCount(options.promptTokens, '--prompt-tokens', TOKENS),
    outputTokens: readCount(options.outputTokens, '--output-tokens', TOKENS),
    tags: options.tag ?? [],
    key: options.key ?? '',
    team: options.team ?? null,
    session: options.session ?? null,
    noFallback: false,
  }
}
