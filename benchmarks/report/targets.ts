import type { GatewayResult } from './gateway-figures.ts'
import type { Found } from './results.ts'
import { number, table } from './table.ts'

/** What Paddock set out to reach, beside what it does. */
export function targetsTable(gateway: GatewayResult, start: Found | null): string {
  const own = (scenario: string, peer: string, figure: string): number =>
    gateway.figures.scenarios[scenario]?.peers[peer]?.[figure] ?? Number.NaN
  const ratio = (scenario: string, figure: string, to: string): number =>
    own(scenario, 'paddock', figure) / own(scenario, to, figure)
  const started = (start?.figures['peers'] as Record<string, Record<string, number>> | undefined)?.['paddock']
  const rows: readonly (readonly [what: string, bound: 'at least' | 'at most', target: number, measured: number])[] = [
    ['requests a second, chat 1 kB, against Portkey', 'at least', 20, ratio('chat 1 kB', 'perSecond', 'portkey')],
    ['CPU a request, chat 1 kB, against nginx', 'at most', 2.5, ratio('chat 1 kB', 'processor', 'nginx')],
    ['CPU a chunk, 50 streams, against nginx', 'at most', 2, ratio('50 streams', 'processor', 'nginx')],
    ['start to first answer, ms', 'at most', 600, started?.['startMs'] ?? Number.NaN],
    ['memory when idle, MiB', 'at most', 110, started?.['idleMebibytes'] ?? Number.NaN],
  ]
  const entries = gateway.figures['entries for each answer']['paddock'] ?? Number.NaN
  return table(
    ['', 'target', 'measured', ''],
    [
      ...rows.map(([what, bound, target, measured]) => {
        const reached = bound === 'at least' ? measured >= target : measured <= target
        return [what, `${bound} ${target}`, number(measured), verdict(measured, reached)]
      }),
      ['entries for each answered request', 'exactly 1', number(entries), verdict(entries, entries === 1)],
    ],
  )
}

function verdict(measured: number, reached: boolean): string {
  if (Number.isNaN(measured)) return 'not measured'
  return reached ? 'reached' : '**missed**'
}
