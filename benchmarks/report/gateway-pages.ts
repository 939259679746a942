import { dotPlot } from './dot-plot.ts'
import type { GatewayFigures, GatewayResult, Scenario } from './gateway-figures.ts'
import { milliseconds, number, table, times } from './table.ts'

/** The tables and plots of benchmarks/gateway.ts. */

const FULL = ['chat 1 kB', 'chat 50 kB'] as const
const DIALECTS = [
  'responses 1 kB',
  'messages 1 kB',
  'messages over chat 1 kB',
  'chat over messages 1 kB',
  '10,000 keys, 1,000 budgets',
] as const
const STREAMS = ['50 streams', '250 streams', '1000 streams', '50 streams, messages over chat'] as const
const BARE = new Set(['direct', 'nginx', 'node', 'node, log'])

export function requestTables({ figures }: GatewayResult): string {
  return [fullLoad(figures), steady(figures.scenarios['chat 400 a second']), dialects(figures), leftOut(figures)].join(
    '\n\n',
  )
}

export function streamTables({ figures }: GatewayResult): string {
  const rows = STREAMS.flatMap((name) =>
    entriesOf(figures.scenarios[name]).map(([peer, own]) => {
      const { nginx, direct } = figures.scenarios[name]?.peers ?? {}
      const above = own['lateP99'] === undefined ? undefined : own['lateP99'] - (direct?.['lateP99'] ?? 0)
      return [
        `${name}: ${peer}`,
        number(own['processor']),
        times(own['processor'], nginx?.['processor']),
        peer === 'direct' ? '–' : milliseconds(above),
        milliseconds(own['firstByteP50']),
        number(own['bytesAStream']),
      ]
    }),
  )
  const head = ['', 'CPU µs a chunk', '× nginx', 'late p99 above direct, ms', 'first byte p50, ms', 'bytes a stream']
  return table(head, rows)
}

/** By the names of their files. */
export function gatewayPlots({ figures }: GatewayResult): Record<string, string> {
  const { scenarios } = figures
  const names = Object.keys(scenarios['chat 1 kB']?.peers ?? {}).filter((name) => name !== 'direct')
  const plot = (title: string, unit: string, figure: string): string =>
    dotPlot({
      title,
      unit,
      series: ['1 kB', '50 kB'],
      bold: 'paddock',
      rows: names.map((name) => ({
        name,
        values: FULL.map((scenario) => scenarios[scenario]?.peers[name]?.[figure] ?? null),
      })),
    })
  const counts = ['50 streams', '250 streams', '1000 streams']
  return {
    'benchmarks-requests.svg': plot('Chat at full load on one core: more is better', 'requests a second', 'perSecond'),
    'benchmarks-processor.svg': plot('What a request costs: less is better', 'processor µs a request', 'processor'),
    'benchmarks-streams.svg': dotPlot({
      title: 'How late the events of streams are, 99 of 100 within: less is better',
      unit: 'ms above direct',
      series: counts,
      bold: 'paddock',
      rows: names.map((name) => ({ name, values: counts.map((count) => lateness(scenarios[count], name)) })),
    }),
  }
}

/** Milliseconds. An event that comes no later than directly is shown as a hundredth of one. */
function lateness(scenario: Scenario | undefined, name: string): number | null {
  const [late, direct] = [scenario?.peers[name]?.['lateP99'], scenario?.peers['direct']?.['lateP99']]
  return late === undefined || direct === undefined ? null : Math.max(late - direct, 10) / 1000
}

function fullLoad({ scenarios }: GatewayFigures): string {
  const [small, large] = FULL.map((name) => scenarios[name]?.peers ?? {})
  const cells = (peers: Scenario['peers'] | undefined, name: string): string[] => {
    const [own, nginx] = [peers?.[name], peers?.['nginx']]
    const [cost, base] = [own?.['processor'], nginx?.['processor']]
    return [number(own?.['perSecond']), number(cost), times(cost, base), number(own?.['spread'])]
  }
  return table(
    [
      'One core, 32 callers',
      '1 kB: req/s',
      'CPU µs',
      '× nginx',
      'spread',
      '50 kB: req/s',
      'CPU µs',
      '× nginx',
      'spread',
    ],
    Object.keys(small ?? {}).map((name) => [name, ...cells(small, name), ...cells(large, name)]),
  )
}

function steady(scenario: Scenario | undefined): string {
  return table(
    ['400 requests a second', 'reached', 'p50, ms', 'p99, ms'],
    entriesOf(scenario).map(([name, own]) => [
      name,
      number(own['perSecond']),
      milliseconds(own['p50']),
      milliseconds(own['p99']),
    ]),
  )
}

function dialects({ scenarios }: GatewayFigures): string {
  return table(
    ['Other dialects, translations, many keys', 'req/s', 'CPU µs', '× nginx, passing on', 'p99, ms'],
    DIALECTS.flatMap((name) =>
      entriesOf(scenarios[name])
        .filter(([peer]) => !BARE.has(peer))
        .map(([peer, own]) => {
          const base = scenarios[name]?.peers['nginx'] ?? scenarios['chat 1 kB']?.peers['nginx']
          const cost = own['processor']
          return [
            `${name}: ${peer}`,
            number(own['perSecond']),
            number(cost),
            times(cost, base?.['processor']),
            milliseconds(own['p99']),
          ]
        }),
    ),
  )
}

function leftOut({ absent, scenarios, ...figures }: GatewayFigures): string {
  const failures = Object.entries(scenarios).flatMap(([name, { failed }]) =>
    Object.entries(failed).map(([peer, reason]) => `- **${peer}** failed in *${name}*: ${reason}`),
  )
  const entries = Object.entries(figures['entries for each answer']).map(
    ([name, share]) => `${name} ${share.toFixed(3)}`,
  )
  return [
    `Rows kept for each request that was answered: ${entries.join(', ')}. The others keep none here.`,
    '',
    ...Object.entries(absent).map(([name, reason]) => `- **${name}** is not in it: ${reason}.`),
    ...failures,
  ].join('\n')
}

function entriesOf(scenario: Scenario | undefined): [string, Readonly<Record<string, number>>][] {
  return Object.entries(scenario?.peers ?? {})
}
