import { LOG_MISMATCH_ALARM } from '../../../server/src/races/arm-shares.ts'
import { addPairCost, judgeCost, NO_COST } from '../../../server/src/races/cost-gate.ts'
import { compareSplit } from '../../../server/src/races/compared.ts'
import { tripwire } from '../../../server/src/races/guardrails.ts'
import { binOf } from '../../../server/src/races/bin.ts'
import { isAlarm, NOT_WATCHED_YET, watchBatch } from '../../../server/src/races/watch.ts'
import type { Seeded } from '../../seed.ts'
import type { Cell, Run } from './cell.ts'
import { drawNormal, drawSplit, splitStakes } from './draws.ts'
import { openPurse } from './purse.ts'

/** V9: the gates beside quality, and the watch after a promotion. */

const ALPHA = 0.05

/** Costs are log-normal; the challenger costs `ratio` of the champion on average, and 0.9 is just not enough. */
function costRace(sigma: number, ratio: number): (random: Seeded) => Run {
  const logNormal = (random: Seeded): number => Math.exp(sigma * drawNormal(random) - sigma ** 2 / 2)
  return (random) => {
    let sums = NO_COST
    for (let trials = 1; trials <= 4_000; trials += 1) {
      sums = addPairCost(sums, { challenger: ratio * logNormal(random), champion: logNormal(random), saving: 0.1 })
      if (judgeCost(sums, ALPHA).state === 'passed') return { ended: 'passed', trials }
    }
    return { ended: 'open', trials: 4_000 }
  }
}

const costs: Cell[] = [0.5, 1, 1.5].flatMap((sigma): Cell[] => [
  {
    id: 'V9',
    rule: 'H7',
    name: `cost, no saving to speak of, sigma ${sigma}`,
    race: costRace(sigma, 0.9),
    accept: [{ share: 'passed', atMost: ALPHA }],
  },
  {
    id: 'V9',
    rule: 'H7',
    name: `cost, half price, sigma ${sigma}`,
    race: costRace(sigma, 0.5),
    accept: [
      { share: 'passed', about: 1, within: 0.001 },
      { trials: 'mean', about: sigma === 1.5 ? 354 : 200, within: 0.05 },
    ],
  },
])

/** The factor of arm-shares.ts, one unit at a time: the chance the belief gave to this arm, over the planned one. */
function shareRace(actual: number, max: number): (random: Seeded) => Run {
  return (random) => {
    const counts = [0, 0]
    let log = 0
    for (let trials = 1; trials <= max; trials += 1) {
      const arm = random.fraction() < actual ? 0 : 1
      log += Math.log((50 + (counts[arm] ?? 0)) / (100 + trials - 1) / 0.5)
      counts[arm] = (counts[arm] ?? 0) + 1
      if (log >= LOG_MISMATCH_ALARM) return { ended: 'alarm', trials }
    }
    return { ended: 'quiet', trials: max }
  }
}

const shares: Cell[] = [
  {
    id: 'V9',
    rule: 'H10',
    name: 'shares as planned',
    race: shareRace(0.5, 20_000),
    accept: [{ share: 'alarm', atMost: 0.001 }],
  },
  {
    id: 'V9',
    rule: 'H10',
    name: 'shares 45 % where 50 % was planned',
    race: shareRace(0.45, 40_000),
    accept: [{ trials: 'median', about: 1_558, within: 0.05 }],
  },
  {
    id: 'V9',
    rule: 'H10',
    name: 'shares 48 % where 50 % was planned',
    race: shareRace(0.48, 100_000),
    accept: [{ trials: 'median', about: 10_395, within: 0.05 }],
  },
]

/** The challenger alone, against a reference of 1.5 %. */
function tripwireRace(errorRate: number, max: number): (random: Seeded) => Run {
  return (random) => {
    let [ok, failed] = [0, 0]
    while (ok + failed < max) {
      const fails = random.fraction() < errorRate
      if (fails) failed += 1
      else ok += 1
      // Evidence only grows with a failure, so only then is there something to see; the fifth call is the first look.
      if ((fails || ok + failed === 5) && tripwire({ ok, failed }, 0.015, ALPHA).fired)
        return { ended: 'fired', trials: ok + failed }
    }
    return { ended: 'quiet', trials: max }
  }
}

const tripwires: Cell[] = [
  ...(
    [
      [1, 'median', 5],
      [0.3, 'median', 6],
      [0.1, 'median', 33],
      [0.05, 'mean', 161],
    ] as const
  ).map(([rate, trials, calls]): Cell => ({
    id: 'V9',
    rule: 'H9',
    name: `tripwire, ${100 * rate} % errors against 1.5 %`,
    race: tripwireRace(rate, 5_000),
    accept: [{ trials, about: calls, within: 0.05 }],
  })),
  {
    id: 'V9',
    rule: 'H9',
    name: 'tripwire, errors as they were',
    race: tripwireRace(0.015, 1_000),
    accept: [{ share: 'fired', atMost: ALPHA }],
  },
]

/** Errors of both arms, half the traffic each, one percentage point allowed. */
const errorGates: Cell[] = (
  [
    [0.005, 2_322],
    [0.02, 6_452],
  ] as const
).map(([rate, trials]) => {
  const shape = { margin: 0.01, champion: 1 - rate, difference: 0, propensity: 0.5, centre: 1 - rate }
  const stakes = splitStakes('above', shape)
  return {
    id: 'V9',
    rule: 'H9',
    name: `errors of both arms ${100 * rate} %, margin 1 pp`,
    race: (random) => {
      const [draw, purse] = [drawSplit(random, shape), openPurse()]
      for (let n = 1; n <= 60_000; n += 1) {
        purse.take(stakes[draw()] ?? new Float64Array())
        if (purse.evidence() >= 1 / ALPHA) return { ended: 'passed', trials: n }
      }
      return { ended: 'open', trials: 60_000 }
    },
    accept: [{ trials: 'median', about: trials, within: 0.05 }],
  }
})

/** Batches before the new champion gets worse. */
const CLEAN_BATCHES = 90

/**
 * After a promotion: batches of a hundred units, the old champion with a few percent of them. The new one is as good for 90
 * batches and then worse by `drop`; trials are the batches from then on.
 */
function watchRace(drop: number, pacer: number): (random: Seeded) => Run {
  const shape = { margin: 0.05, champion: 0.85, propensity: 1 - pacer, centre: 0.85 }
  return (random) => {
    const [good, worse] = [0, -drop].map((difference) => drawSplit(random, { ...shape, difference }))
    let watch = NOT_WATCHED_YET
    while (watch.batches < 1_000) {
      const draw = (watch.batches < CLEAN_BATCHES ? good : worse) ?? (() => 0)
      const counts = [0, 0, 0, 0]
      for (let unit = 0; unit < 100; unit += 1) {
        const outcome = draw()
        counts[outcome] = (counts[outcome] ?? 0) + 1
      }
      const bins = (bad: number, good: number): Map<number, number> =>
        new Map([
          [binOf(0), counts[bad] ?? 0],
          [binOf(1), counts[good] ?? 0],
        ])
      const phase = { champion: bins(0, 1), challenger: bins(2, 3), propensity: 1 - pacer, centre: 0.85 }
      watch = watchBatch(watch, compareSplit([phase]).inFavour, shape.margin)
      if (isAlarm(watch)) {
        const trials = watch.batches - CLEAN_BATCHES
        return { ended: trials > 0 ? 'alarm' : 'false alarm', trials }
      }
    }
    return { ended: 'quiet', trials: 1_000 - CLEAN_BATCHES }
  }
}

const watches: Cell[] = (
  [
    [0.05, 53],
    [0.2, 20],
  ] as const
).map(([pacer, batches]) => ({
  id: 'V9',
  rule: 'H14',
  name: `watch, 15 pp worse after 90 batches, pacer ${100 * pacer} %`,
  race: watchRace(0.15, pacer),
  accept: [
    { share: 'false alarm', atMost: 0.001 },
    { share: 'alarm', about: 1, within: 0.001 },
    // How long all was well before decides where R stood; the reference does not say it.
    { trials: 'median', about: batches, within: 0.1 },
  ],
}))

export const GUARD_CELLS: readonly Cell[] = [...costs, ...shares, ...tripwires, ...errorGates, ...watches]
