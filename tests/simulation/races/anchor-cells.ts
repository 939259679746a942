import { asymptoticHalfWidth } from '../../../server/src/races/cost-gate.ts'
import { normalQuantile } from '../../../server/src/races/special-functions.ts'
import type { Seeded } from '../../seed.ts'
import type { Cell, Run } from './cell.ts'
import { drawPaired, drawNormal, type Paired } from './draws.ts'

/**
 * V13: what others stop by, on the same traffic. Each is asked our question: is the challenger, which is exactly as bad as
 * the margin allows, promoted all the same?
 */

const ALPHA = 0.05
const LOOKS = 4_000

type Seen = { readonly n: number; readonly mean: number; readonly variance: number }

/** Looks after every trial from `from` on, and promotes when the rule says so. */
function stopBy(shape: Paired, from: number, promotes: (seen: Seen) => boolean): (random: Seeded) => Run {
  return (random) => {
    const draw = drawPaired(random, shape)
    let [sum, squares] = [0, 0]
    for (let n = 1; n <= LOOKS; n += 1) {
      const value = draw() - 1
      sum += value
      squares += value * value
      const mean = sum / n
      if (n >= from && promotes({ n, mean, variance: squares / n - mean * mean }))
        return { ended: 'promoted', trials: n }
    }
    return { ended: 'open', trials: LOOKS }
  }
}

const shapes: readonly Paired[] = [0.5, 0.9].map((ties) => ({ margin: 0.05, ties, difference: -0.05 }))
const zCritical = normalQuantile(1 - ALPHA)

const rules: readonly [name: string, from: number, promotes: (margin: number) => (seen: Seen) => boolean][] = [
  [
    'z-test, looked at every trial',
    30,
    (margin) =>
      ({ n, mean, variance }) =>
        mean + margin > zCritical * Math.sqrt(variance / n),
  ],
  [
    'asymptotic confidence sequence from 30 trials (GrowthBook, N* = 5,000)',
    30,
    (margin) =>
      ({ n, mean, variance }) => {
        const halfWidth = asymptoticHalfWidth({ n, variance, alphaTwoSided: 2 * ALPHA, tightestAt: 5_000 })
        return variance > 0 && mean + margin > halfWidth
      },
  ],
  [
    'asymptotic confidence sequence from 30 trials (N* = 100)',
    30,
    (margin) =>
      ({ n, mean, variance }) => {
        const halfWidth = asymptoticHalfWidth({ n, variance, alphaTwoSided: 2 * ALPHA, tightestAt: 100 })
        return variance > 0 && mean + margin > halfWidth
      },
  ],
  // "Wins and ties in at least 95 %" is "losses in at most 5 %", looked at once, after 200 turns.
  [
    'point estimate within the margin, once after 200 turns (LiteLLM)',
    200,
    (margin) =>
      ({ n, mean }) =>
        n === 200 && mean >= -margin,
  ],
]

const falsePromotions: Cell[] = shapes.flatMap((shape) =>
  rules.map(([name, from, promotes]) => ({
    id: 'V13',
    rule: 'H1',
    name: `${name}, ties ${shape.ties}`,
    race: stopBy(shape, from, promotes(shape.margin)),
    accept: [],
  })),
)

/**
 * TensorZero's stopping rule on two arms that share the traffic: stop when (gap + ε)² / (2 (vL/nL + vC/nC)) > ln((1 + ln t)/δ)
 * for the arm that leads. It answers "which is better", so with equal arms and a small ε it picks by a coin.
 */
function trackAndStop(rates: readonly [number, number], epsilon: number, max: number): (random: Seeded) => Run {
  return (random) => {
    const [n, sum] = [
      [0, 0],
      [0, 0],
    ]
    for (let t = 1; t <= max; t += 1) {
      const arm = t % 2
      n[arm] = (n[arm] ?? 0) + 1
      sum[arm] = (sum[arm] ?? 0) + Number(random.fraction() < (rates[arm] ?? 0))
      if (t < 20 || t % 10 !== 0) continue
      const means = [0, 1].map((each) => (sum[each] ?? 0) / (n[each] ?? 1))
      const noise = means.reduce((total, mean, each) => total + (mean * (1 - mean)) / (n[each] ?? 1), 0)
      const gap = Math.abs((means[0] ?? 0) - (means[1] ?? 0)) + epsilon
      const picked = (means[1] ?? 0) > (means[0] ?? 0) ? 'picked the cheap arm' : 'picked the dear arm'
      if (gap ** 2 / (2 * noise) > Math.log((1 + Math.log(t)) / ALPHA)) return { ended: picked, trials: t }
    }
    return { ended: 'open', trials: max }
  }
}

const tensorZero: Cell[] = (
  [
    [0.85, 0, 20_000],
    [0.85, 0.05, 20_000],
    [0.84, 0.05, 20_000],
  ] as const
).map(([cheap, epsilon, max]) => ({
  id: 'V13',
  rule: 'H1',
  name: `best arm by track and stop (TensorZero), 85 % against ${100 * cheap} %, epsilon ${epsilon}`,
  race: trackAndStop([0.85, cheap], epsilon, max),
  accept: [],
}))

/**
 * Arbr's thresholds on a challenger that is the same model: one day, a look every five minutes at the last hour, rolled back
 * at a p95 25 % higher or 2 pp more errors, from 20 canary calls on. Latency log-normal with sigma 0.8, 1 % errors.
 */
function thresholds(requestsPerMinute: number, firstLook: number): (random: Seeded) => Run {
  const perWindow = requestsPerMinute * 60
  return (random) => {
    const latencies: { canary: boolean; ms: number; failed: boolean }[] = []
    for (let look = 1; look <= 288; look += 1) {
      for (let call = 0; call < requestsPerMinute * 5; call += 1)
        latencies.push({
          canary: random.fraction() < 0.1,
          ms: Math.exp(0.8 * drawNormal(random)),
          failed: random.fraction() < 0.01,
        })
      const window = latencies.slice(-perWindow)
      const [canary, stable] = [true, false].map((isCanary) => window.filter((each) => each.canary === isCanary))
      if (canary === undefined || stable === undefined || canary.length < 20 || look < firstLook) continue
      const slower = p95(canary) > 1.25 * p95(stable)
      if (slower || failedShare(canary) > failedShare(stable) + 0.02) return { ended: 'rolled back', trials: look }
    }
    return { ended: 'kept', trials: 288 }
  }
}

const p95 = (calls: readonly { ms: number }[]): number =>
  Float64Array.from(calls, ({ ms }) => ms).toSorted()[Math.ceil(0.95 * calls.length) - 1] ?? 0
const failedShare = (calls: readonly { failed: boolean }[]): number =>
  calls.filter(({ failed }) => failed).length / calls.length

const arbr: Cell[] = (
  [
    [5, 1],
    [20, 1],
    [100, 1],
    // Once an hour of calls is there: then few are rolled back for the luck of the first of them.
    [100, 12],
  ] as const
).map(([requestsPerMinute, firstLook]) => ({
  id: 'V13',
  rule: 'H9',
  name: `thresholds on an identical model for a day (Arbr), ${requestsPerMinute} requests a minute${firstLook === 1 ? '' : ', from the second hour on'}; trials are looks`,
  race: thresholds(requestsPerMinute, firstLook),
  // A day of a busy route is 144,000 requests.
  ...(requestsPerMinute === 100 ? { roundsMax: 400 } : {}),
  accept: [],
}))

export const ANCHOR_CELLS: readonly Cell[] = [...falsePromotions, ...tensorZero, ...arbr]
