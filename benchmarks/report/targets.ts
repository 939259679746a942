import type { GatewayResult } from './gateway-figures.ts'
import type { Found } from './results.ts'
import { number, table } from './table.ts'

type Row = {
  readonly what: string
  readonly bound: 'at least' | 'at most'
  readonly target: number
  readonly measured: number
  /** What a bare proxy on the same HTTP server comes to. */
  readonly bare?: number
  /** And one that keeps a log on the disk besides. */
  readonly logged?: number
}

/** What Paddock set out to reach, beside what it does. */
export function targetsTable(gateway: GatewayResult, start: Found | null): string {
  const own = (scenario: string, peer: string, figure: string): number =>
    gateway.figures.scenarios[scenario]?.peers[peer]?.[figure] ?? Number.NaN
  const against = (scenario: string, to: string, figure: string): Pick<Row, 'measured' | 'bare' | 'logged'> => {
    const ratio = (who: string): number => own(scenario, who, figure) / own(scenario, to, figure)
    return { measured: ratio('paddock'), bare: ratio('node'), logged: ratio('node, log') }
  }
  const rate = (scenario: string, target: number): Row => ({
    what: `requests a second, ${scenario}, against Portkey`,
    bound: 'at least',
    target,
    ...against(scenario, 'portkey', 'perSecond'),
  })
  const cost = (what: string, scenario: string, target: number): Row => ({
    what,
    bound: 'at most',
    target,
    ...against(scenario, 'nginx', 'processor'),
  })
  const late = (who: string): number =>
    (own('1000 streams', who, 'lateP99') - own('1000 streams', 'direct', 'lateP99')) / 1_000
  const started = (start?.figures['peers'] as Record<string, Record<string, number>> | undefined)?.['paddock']
  const state = (what: string, target: number, figure: string): Row => ({
    what,
    bound: 'at most',
    target,
    measured: started?.[figure] ?? Number.NaN,
  })
  const rows: readonly Row[] = [
    rate('chat 1 kB', 20),
    rate('chat 50 kB', 30),
    rate('chat over messages 1 kB', 5),
    cost('CPU a request, chat 1 kB, against nginx', 'chat 1 kB', 2.5),
    cost('CPU a request, chat 50 kB, against nginx', 'chat 50 kB', 2.5),
    cost('CPU a chunk, 250 streams, against nginx', '250 streams', 2),
    {
      what: 'late above direct, 1,000 streams, p99, ms',
      bound: 'at most',
      target: 25,
      measured: late('paddock'),
      bare: late('node'),
    },
    state('more memory for each of 1,000 streams, KiB', 60, 'kibibytesAStream'),
    state('start to first answer, ms', 600, 'startMs'),
    state('memory when idle, MiB', 110, 'idleMebibytes'),
    state('memory under full load, MiB', 200, 'loadedMebibytes'),
  ]
  const entries = gateway.figures['entries for each answer']['paddock'] ?? Number.NaN
  return table(
    ['', 'target', 'measured', '', 'a bare proxy on Node', 'with a log on disk'],
    [
      ...rows.map(({ what, bound, target, measured, bare, logged }) => {
        const reached = bound === 'at least' ? measured >= target : measured <= target
        return [what, `${bound} ${target}`, number(measured), verdict(measured, reached), known(bare), known(logged)]
      }),
      ['entries for each answered request', 'exactly 1', number(entries), verdict(entries, entries === 1), '–', '–'],
    ],
  )
}

function known(figure: number | undefined): string {
  return figure === undefined || Number.isNaN(figure) ? '–' : number(figure)
}

function verdict(measured: number, reached: boolean): string {
  if (Number.isNaN(measured)) return 'not measured'
  return reached ? 'reached' : '**missed**'
}
