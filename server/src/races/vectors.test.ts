import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logShareMismatch } from './arm-shares.ts'
import { asymptoticHalfWidth } from './cost-gate.ts'
import { logEvidence, type Counts } from './evidence.ts'
import { intervalOf } from './interval.ts'
import { logGamma, normalQuantile } from './special-functions.ts'

/** Figures computed with forty digits, by another program. */
type Vectors = {
  paired: {
    wins: number
    ties: number
    losses: number
    delta: number
    logE_noninferior: number
    logE_inferior: number
  }[]
  cs: { hist: [number, number][]; alpha: number; lower: number; upper: number }[]
  srm: { counts: number[]; planned: number[]; logBF: number }[]
  asymp: { n: number; variance: number; alpha_two_sided: number; n_star: number; half_width: number }[]
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'stat-vectors.json'), 'utf8')) as Vectors
const DIGITS = 9

describe('golden vectors', () => {
  it.each(vectors.paired)('[H1] has the evidence of $wins wins, $ties ties, $losses losses at $delta', (vector) => {
    const counts: Counts = [
      [1, vector.wins],
      [0, vector.ties],
      [-1, vector.losses],
    ]
    const sample = [{ counts, low: -1, high: 1 }]
    expect(logEvidence('above', sample, -vector.delta)).toBeCloseTo(vector.logE_noninferior, DIGITS)
    expect(logEvidence('below', sample, -vector.delta)).toBeCloseTo(vector.logE_inferior, DIGITS)
  })

  it.each(vectors.cs)('[H2] has the interval of $hist', ({ hist, alpha, lower, upper }) => {
    const interval = intervalOf([{ counts: hist, low: -1, high: 1 }], alpha)
    expect(interval.low).toBeCloseTo(lower, DIGITS)
    expect(interval.high).toBeCloseTo(upper, DIGITS)
  })

  it.each(vectors.srm)('[H10] has the evidence that $counts is not $planned', ({ counts, planned, logBF }) => {
    expect(logShareMismatch(counts, planned)).toBeCloseTo(logBF, DIGITS)
  })

  it.each(vectors.asymp)('[H7] has the half width of $n costs of variance $variance', (vector) => {
    const { n, variance, alpha_two_sided: alphaTwoSided, n_star: tightestAt, half_width } = vector
    expect(asymptoticHalfWidth({ n, variance, alphaTwoSided, tightestAt })).toBeCloseTo(half_width, DIGITS)
  })
})

describe('special functions', () => {
  it('[H1] knows the gamma function where it is known: (n − 1)! and √π', () => {
    let factorial = 1
    for (let n = 1; n <= 20; n += 1) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 11)
      factorial *= n
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12)
  })

  it.each([
    [0.5, 0],
    [0.95, 1.6448536269514722],
    [0.8, 0.8416212335729143],
    [0.975, 1.959963984540054],
    [0.0001, -3.719016485455709],
    [1e-10, -6.361340902404056],
    [1e-20, -9.262340089798409],
  ])('[H12] knows the normal quantile of %s', (p, quantile) => {
    expect(normalQuantile(p)).toBeCloseTo(quantile, DIGITS)
  })
})
