import { dotPlot } from './dot-plot.ts'
import type { Figures, Found } from './results.ts'
import { number, table } from './table.ts'

/** The tables and plots of what is measured without a gateway, and of starts and the public shape. */

type Numbers = Readonly<Record<string, number>>

export function startTable({ figures }: Found): string {
  const peers = figures['peers'] as Readonly<Record<string, Numbers>>
  return table(
    ['', 'start to first answer, ms', 'idle, MiB', 'full load, MiB', '1,000 streams, MiB', 'more a stream, KiB'],
    Object.entries(peers).map(([name, own]) => [
      name,
      number(own['startMs']),
      number(own['idleMebibytes']),
      number(own['loadedMebibytes']),
      number(own['streamsMebibytes']),
      number(own['kibibytesAStream']),
    ]),
  )
}

export function harnessTable({ figures }: Found): string {
  const peers = figures['peers'] as Readonly<Record<string, Readonly<Record<string, Numbers>>>>
  const variants = Object.keys(peers['direct'] ?? {})
  const cell = (own: Numbers | undefined): string =>
    own === undefined ? '–' : `${number(own['perSecond'])} · ${number((own['p99'] ?? 0) / 1000)}`
  const most = (own: Readonly<Record<string, Numbers>>): number =>
    Math.max(...Object.values(own).map(({ mebibytes = 0 }) => mebibytes))
  return table(
    ['requests a second · p99 ms', ...variants, 'most memory, MiB'],
    Object.entries(peers).map(([name, own]) => [
      name,
      ...variants.map((variant) => cell(own[variant])),
      number(most(own)),
    ]),
  )
}

const TIMES = { drainMicroseconds: 'drain', leaguesMicroseconds: 'leagues', verifyMicroseconds: 'verify' } as const

export function growthTable({ figures }: Found): string {
  return table(
    [
      'entries',
      'drain, CPU µs each',
      'leagues, CPU µs each',
      'verify, CPU µs each',
      'what-if of all, ms',
      'month of people, ms',
      'newest 100, ms',
      'bytes each',
    ],
    sizesOf(figures).map(([size, own]) => [
      Number(size).toLocaleString('en-US'),
      ...Object.keys(TIMES).map((figure) => number(own[figure])),
      number(own['whatIfMs']),
      number(own['activeMs']),
      number(own['newestHundredMs']),
      number(own['bytesAnEntry']),
    ]),
  )
}

export function growthPlot({ figures }: Found): string {
  return dotPlot({
    title: 'What an entry costs as the ledger grows: straight down is best',
    unit: 'processor µs an entry',
    series: Object.values(TIMES),
    bold: '',
    rows: sizesOf(figures).map(([size, own]) => ({
      name: Number(size).toLocaleString('en-US'),
      values: Object.keys(TIMES).map((figure) => own[figure] ?? null),
    })),
  })
}

/** Figures as they are, by name. */
export function figuresTable({ figures }: Found): string {
  const rows = Object.entries(figures).map(([name, value]) => [name, number(value as number)])
  return table(['', 'measured'], rows)
}

function sizesOf(figures: Figures): [string, Numbers][] {
  return Object.entries(figures['sizes'] as Readonly<Record<string, Numbers>>)
}
