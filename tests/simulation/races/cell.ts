import { seededBy, type Seeded } from '../../seed.ts'

/** One race of a simulation: how it ended, and after how many trials. */
export type Run = { readonly ended: string; readonly trials: number }

/** One line of the validation table: a kind of traffic, and what many races on it must come to. */
export type Cell = {
  /** The id of the validation, V1 to V9, and the rule of SPEC.md it speaks for. */
  readonly id: string
  readonly rule: string
  readonly name: string
  readonly race: (random: Seeded) => Run
  /** Where a race takes long: no more of them. */
  readonly roundsMax?: number
  readonly accept: readonly Bound[]
}

/** What must hold: shares of races that ended so, or the mean or median number of trials. */
export type Bound =
  | { readonly share: string; readonly atMost: number }
  | { readonly share: string; readonly about: number; readonly within: number }
  | { readonly trials: 'mean' | 'median'; readonly about: number; readonly within: number }

export type Summary = {
  readonly rounds: number
  readonly shares: Readonly<Record<string, number>>
  readonly mean: number
  readonly median: number
  /** Of the mean and, roughly, of the median. */
  readonly standardError: number
}

export function runCell(cell: Cell, roundsWanted: number): Summary {
  const rounds = Math.min(roundsWanted, cell.roundsMax ?? Infinity)
  const random = seededBy(
    Array.from(cell.id + cell.name).reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) | 0, 7),
  )
  const runs = Array.from({ length: rounds }, () => cell.race(random))
  const trials = runs.map((run) => run.trials).toSorted((one, other) => one - other)
  const mean = trials.reduce((sum, n) => sum + n, 0) / rounds
  const variance = trials.reduce((sum, n) => sum + (n - mean) ** 2, 0) / rounds
  const kinds = [...new Set(runs.map(({ ended }) => ended))].toSorted()
  return {
    rounds,
    shares: Object.fromEntries(kinds.map((kind) => [kind, runs.filter(({ ended }) => ended === kind).length / rounds])),
    mean,
    median: trials[Math.floor(rounds / 2)] ?? 0,
    standardError: Math.sqrt(variance / rounds),
  }
}

/** What a summary does not keep of its bounds; a bound is widened by three standard errors of the simulation itself. */
export function faultsOf(cell: Cell, summary: Summary): string[] {
  return cell.accept.flatMap((bound) => {
    if ('trials' in bound) {
      const got = summary[bound.trials]
      const slack = bound.within * bound.about + 3 * summary.standardError
      return Math.abs(got - bound.about) <= slack ? [] : [`${bound.trials} trials ${got}, expected ${bound.about}`]
    }
    const got = summary.shares[bound.share] ?? 0
    const expected = 'atMost' in bound ? bound.atMost : bound.about
    const slack = 3 * Math.sqrt((expected * (1 - expected)) / summary.rounds)
    const good = 'atMost' in bound ? got <= expected + slack : Math.abs(got - expected) <= bound.within + slack
    return good ? [] : [`${bound.share} in ${got}, expected ${expected}`]
  })
}
