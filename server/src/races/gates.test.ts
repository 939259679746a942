import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignArm } from './assign.ts'
import { binOf, countsOf, type BinCounts } from './bin.ts'
import { comparePaired, compareSplit, relativeSample } from './compared.ts'
import { addPairCost, addSplitCost, judgeCost, mergeCost, NO_COST } from './cost-gate.ts'
import { decide, fateOf, PAIRS_MIN, trialsMax, type Challenger } from './decide.ts'
import { logEvidence, meanOf } from './evidence.ts'
import { isFutile } from './futility.ts'
import { judgeGate, type GateRule, type Standing } from './gate.ts'
import { GUARDRAILS, latencyBound, tripwire } from './guardrails.ts'
import { intervalOf } from './interval.ts'
import { judgeFaults, preferenceOf, type BothOrders } from './judge.ts'
import { DEFAULT_PLAN, planTrials } from './planner.ts'
import { rank } from './ranking.ts'
import { unitValues } from './unit-values.ts'
import { addTokens, mergeTokens, noTokens, priceTokens } from './token-sums.ts'

const RULE: GateRule = { margin: 0.05, alpha: 0.05, alphaHarm: 0.05, challengers: 1 }

const bins = (...pairs: readonly (readonly [value: number, count: number])[]): BinCounts =>
  new Map(pairs.map(([value, count]) => [binOf(value), count]))

describe('evidence', () => {
  it('[H2] has no proof at its own interval ends, and proof just outside', () => {
    const samples = [{ counts: [[1, 30] as const, [0, 200] as const, [-1, 41] as const], low: -1, high: 1 }]
    const { low, high } = intervalOf(samples, 0.05)
    expect(logEvidence('above', samples, low - 1e-6)).toBeGreaterThan(Math.log(40))
    expect(logEvidence('above', samples, low + 1e-6)).toBeLessThan(Math.log(40))
    expect(logEvidence('below', samples, high + 1e-6)).toBeGreaterThan(Math.log(40))
    expect(logEvidence('below', samples, high - 1e-6)).toBeLessThan(Math.log(40))
  })

  it('[H2] says nothing before the first trial', () => {
    expect(intervalOf([{ counts: [], low: -1, high: 1 }], 0.05)).toEqual({ low: -1, high: 1 })
  })

  it('[H3] rounds what lies between two marks against what is to be proven, and leaves marks as they are', () => {
    const exact = [0, 1, -1, 0.5, -0.5, 0.02]
    for (const value of exact) expect(countsOf(bins([value, 1]), 'down')).toEqual(countsOf(bins([value, 1]), 'up'))
    fc.assert(
      fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (value) => {
        const [[down] = [NaN]] = countsOf(bins([value, 1]), 'down')
        const [[up] = [NaN]] = countsOf(bins([value, 1]), 'up')
        expect(down).toBeLessThanOrEqual(value + 1e-9)
        expect(up).toBeGreaterThanOrEqual(value - 1e-9)
        expect(up - down).toBeLessThanOrEqual(0.02 + 1e-9)
      }),
    )
  })

  it('[H4] estimates the difference of the arms of a split whatever the centre, and multiplies phases', () => {
    const phase = { champion: bins([1, 90], [0, 10]), challenger: bins([1, 80], [0, 20]), propensity: 0.5 }
    const mean = (centre: number): number => meanOf(compareSplit([{ ...phase, centre }]).against)
    expect(mean(0.85)).toBeCloseTo(-0.1, 12)
    expect(mean(0.2)).toBeCloseTo(-0.1, 12)
    const one = compareSplit([{ ...phase, centre: 0.85 }])
    const two = compareSplit([
      { ...phase, centre: 0.85 },
      { ...phase, centre: 0.85, propensity: 0.2 },
    ])
    expect(two.against.map(({ low, high }) => [low, high])).not.toEqual([
      [one.against[0]?.low, one.against[0]?.high],
      [one.against[0]?.low, one.against[0]?.high],
    ])
    expect(two.against[0]).toEqual(one.against[0])
  })

  it('[H4] keeps a share of the champion: at 95 % an equal challenger is above, one 10 % worse is not', () => {
    const sample = (challengerGood: number): readonly ReturnType<typeof relativeSample>[] => [
      relativeSample(
        [
          { challenger: 1, champion: 1, count: challengerGood },
          { challenger: 0, champion: 1, count: 900 - challengerGood },
          { challenger: 0, champion: 0, count: 100 },
        ],
        0.95,
      ),
    ]
    expect(logEvidence('above', sample(900), 0)).toBeGreaterThan(Math.log(20))
    expect(logEvidence('above', sample(810), 0)).toBeLessThan(0)
  })
})

describe('cost', () => {
  it('[H7] passes no saving before 200 trials', () => {
    let sums = NO_COST
    for (let trial = 0; trial < 199; trial += 1) sums = addPairCost(sums, { challenger: 0.1, champion: 1, saving: 0.1 })
    expect(judgeCost(sums, 0.05).state).toBe('open')
    expect(judgeCost(addPairCost(sums, { challenger: 0.1, champion: 1, saving: 0.1 }), 0.05).state).toBe('passed')
  })

  it('[H7] weighs the arms of a split by their shares, and adds up', () => {
    const unit = { propensity: 0.2, saving: 0.1 }
    let sums = NO_COST
    for (let n = 0; n < 200; n += 1) sums = addSplitCost(sums, { ...unit, arm: 'challenger', cost: 1 })
    let others = NO_COST
    for (let n = 0; n < 800; n += 1) others = addSplitCost(others, { ...unit, arm: 'champion', cost: 2 })
    const { n, sum } = mergeCost(sums, others)
    // The challenger's mean minus nine tenths of the champion's: 1 − 0.9 · 2.
    expect(sum / n).toBeCloseTo(-0.8, 12)
  })

  it('[H8] computes the gate anew at other prices from token sums, as if every trial were priced again', () => {
    const trials = fc.array(fc.tuple(...Array.from({ length: 4 }, () => fc.nat(50_000))), {
      minLength: 2,
      maxLength: 30,
    })
    fc.assert(
      fc.property(trials, fc.tuple(...Array.from({ length: 4 }, () => fc.nat(100))), (tokens, prices) => {
        const [input = 0, output = 0, championInput = 0, championOutput = 0] = prices.map((price) => price / 1e6)
        const weights = [input, output, -0.9 * championInput, -0.9 * championOutput]
        const half = Math.floor(tokens.length / 2)
        const sumsOf = (part: readonly number[][]): ReturnType<typeof noTokens> => part.reduce(addTokens, noTokens(4))
        const sums = mergeTokens(sumsOf(tokens.slice(half)), sumsOf(tokens.slice(0, half)))
        const direct = tokens.reduce((total, [a = 0, b = 0, c = 0, d = 0]) => {
          const pair = { challenger: a * input + b * output, champion: c * championInput + d * championOutput }
          return addPairCost(total, { ...pair, saving: 0.1 })
        }, NO_COST)
        const priced = priceTokens(sums, weights)
        expect(priced.n).toBe(direct.n)
        expect(Math.abs(priced.sum - direct.sum)).toBeLessThan(1e-9)
        expect(Math.abs(priced.sumOfSquares - direct.sumOfSquares)).toBeLessThan(1e-6)
      }),
    )
  })

  it('[H8] a price cut alone passes the gate', () => {
    let sums = noTokens(2)
    for (let trial = 0; trial < 300; trial += 1) sums = addTokens(sums, [1_000 + trial, 1_000 + trial])
    expect(judgeCost(priceTokens(sums, [2e-6, -0.9 * 2e-6]), 0.05).state).toBe('open')
    expect(judgeCost(priceTokens(sums, [1e-6, -0.9 * 2e-6]), 0.05).state).toBe('passed')
  })
})

describe('guardrails', () => {
  it('[H9] fires on a broken challenger at the fifth call, and not on the first', () => {
    expect(tripwire({ ok: 0, failed: 4 }, 0.015).fired).toBe(false)
    expect(tripwire({ ok: 0, failed: 5 }, 0.015).fired).toBe(true)
    expect(tripwire({ ok: 985, failed: 15 }, 0.015).fired).toBe(false)
  })

  it("[H9] takes the champion's 95th percentile as the bound, once 500 calls are known", () => {
    const latencies = Array.from({ length: 500 }, (_, place) => place + 1)
    expect(latencyBound(latencies.slice(1))).toBeNull()
    expect(latencyBound(latencies)).toBe(475)
  })

  it('[H9] lets a challenger pass that is late as seldom as the champion, and none that is late three times as often', () => {
    const late = (championLate: number, challengerLate: number): Standing['state'] =>
      judgeGate(
        compareSplit([
          {
            champion: bins([1, 2_000 - championLate], [0, championLate]),
            challenger: bins([1, 2_000 - challengerLate], [0, challengerLate]),
            propensity: 0.5,
            centre: 0.95,
          },
        ]),
        { ...RULE, margin: GUARDRAILS.latency.margin },
      ).state
    expect([late(100, 100), late(100, 300)]).toEqual(['passed', 'failed'])
  })
})

describe('the verdict', () => {
  const standing = (state: Standing['state'], n = 500): Standing => ({
    ...judgeGate(comparePaired(bins([0, n])), RULE),
    state,
  })
  const challenger = (name: string, over: Partial<Challenger> = {}): Challenger => ({
    name,
    quality: standing('passed'),
    guardrails: { errors: standing('passed') },
    cost: { state: 'passed', n: 500, mean: -1, halfWidth: 0.5 },
    meanCost: 1,
    futile: false,
    ...over,
  })

  it('[H6] promotes only when quality, cost and every guardrail hold at one moment', () => {
    const open = { state: 'open', n: 500, mean: 0, halfWidth: 1 } as const
    expect(fateOf(challenger('a'))).toBe('promotable')
    expect(fateOf(challenger('a', { cost: null }))).toBe('promotable')
    expect(fateOf(challenger('a', { quality: standing('open') }))).toBe('running')
    expect(fateOf(challenger('a', { cost: open }))).toBe('running')
    expect(fateOf(challenger('a', { guardrails: { errors: standing('open') } }))).toBe('running')
    expect(fateOf(challenger('a', { guardrails: { errors: standing('failed') } }))).toBe('inferior')
    expect(fateOf(challenger('a', { quality: standing('passed', PAIRS_MIN - 1) }))).toBe('running')
  })

  it('[H11] takes the cheapest of those that hold, and the better of two that cost the same', () => {
    const better = { ...standing('passed'), mean: 0.1 }
    const race = [
      challenger('dear', { meanCost: 2, quality: better }),
      challenger('cheap'),
      challenger('cheap and better', { quality: better }),
      challenger('cheapest but worse', { meanCost: 0.5, quality: standing('failed') }),
    ]
    expect(decide(race, { trialsLeft: true })).toEqual({ kind: 'promote', challenger: 'cheap and better' })
  })

  it('[H6] goes on with whoever is left, rejects when all are inferior, and is else inconclusive', () => {
    const out = challenger('out', { quality: standing('failed') })
    const open = challenger('open', { quality: standing('open') })
    const hopeless = challenger('hopeless', { quality: standing('open'), futile: true })
    expect(decide([out, open], { trialsLeft: true })).toEqual({ kind: 'continue', running: ['open'] })
    expect(decide([out], { trialsLeft: true })).toEqual({ kind: 'reject' })
    expect(decide([out, open], { trialsLeft: false })).toEqual({ kind: 'inconclusive' })
    expect(decide([out, hopeless], { trialsLeft: true })).toEqual({ kind: 'inconclusive' })
  })

  it('[H11] asks C times the evidence with C challengers', () => {
    const compared = comparePaired(bins([0, 200], [1, 20], [-1, 12]))
    const alone = judgeGate(compared, RULE)
    const four = judgeGate(compared, { ...RULE, challengers: 4 })
    expect(four.goodEnough.threshold - alone.goodEnough.threshold).toBeCloseTo(Math.log(4), 12)
    expect(four.goodEnough.logEvidence).toBe(alone.goodEnough.logEvidence)
  })

  it('[H12] plans 1.45 fixed samples, and four times that at most', () => {
    const planned = planTrials({ ...DEFAULT_PLAN, margin: 0.05 })
    expect(planned).toBe(Math.ceil(1.45 * 0.5 * ((1.6448536269514722 + 0.8416212335729143) / 0.05) ** 2))
    expect(planTrials({ ...DEFAULT_PLAN, margin: 0.05, difference: -0.05 })).toBe(Infinity)
    expect([trialsMax(planned), trialsMax(planned, 1_319)]).toEqual([4 * planned, 1_319])
  })

  it('[H13] gives up only late, and only where even luck would not help', () => {
    const hopeless = comparePaired(bins([1, 50], [0, 500], [-1, 100]))
    const hopeful = comparePaired(bins([1, 70], [0, 500], [-1, 80]))
    expect(isFutile(hopeless, RULE, 1_320)).toBe(false)
    expect(isFutile(hopeless, RULE, 1_000)).toBe(true)
    expect(isFutile(hopeful, RULE, 1_000)).toBe(false)
  })
})

describe('judges', () => {
  const pair = (
    championFirst: BothOrders['championFirst'],
    challengerFirst: BothOrders['challengerFirst'],
  ): BothOrders => ({
    championFirst,
    challengerFirst,
  })

  it('[H16] believes what is said in both orders, halves what is said in one, and never takes silence for a tie', () => {
    expect(preferenceOf(pair('second', 'first'))).toBe(1)
    expect(preferenceOf(pair('first', 'second'))).toBe(-1)
    expect(preferenceOf(pair('first', 'first'))).toBe(0)
    expect(preferenceOf(pair('tie', 'first'))).toBe(0.5)
    expect(preferenceOf(pair('tie', 'tie'))).toBe(0)
    expect(preferenceOf(pair(null, 'first'))).toBeNull()
  })

  it('[H16] refuses a judge that follows the order, and one that is often silent', () => {
    const times = (count: number, each: BothOrders): BothOrders[] => Array.from({ length: count }, () => each)
    const fair = [...times(50, pair('first', 'second')), ...times(50, pair('second', 'first'))]
    expect(judgeFaults(fair)).toEqual([])
    expect(judgeFaults(times(100, pair('first', 'first')))).toEqual([
      'prefers an answer for its place',
      'contradicts itself when the order is swapped',
    ])
    expect(judgeFaults([...fair, ...times(20, pair(null, 'first'))])).toEqual([
      'often gives no verdict that can be read',
    ])
    expect(judgeFaults(fair.map((each) => ({ ...each, right: 'champion' as const })))).toEqual([
      'disagrees with people',
    ])
  })
})

describe('ranking', () => {
  it('[H15] refuses a table in which somebody never lost', () => {
    expect(() => rank([{ first: 'a', second: 'b', score: 1 }])).toThrow(/cannot be ranked together/)
  })

  it('[H15] rates two by their odds: three wins of four are 400 log10 3 points', () => {
    const [best, other] = rank([1, 1, 1, 0].map((score) => ({ first: 'a', second: 'b', score })))
    expect((best?.rating ?? 0) - (other?.rating ?? 0)).toBeCloseTo(400 * Math.log10(3), 9)
  })
})

describe('units', () => {
  const DAY_MS = 86_400_000
  const rated = (unit: string, day: number, value: number): { unit: string; at: number; value: number } => ({
    unit,
    at: day * DAY_MS,
    value,
  })

  it('[H5] have one value, the mean of seven days, once these are over', () => {
    const ratings = [rated('a', 6, 1), rated('a', 0, 0), rated('a', 7, 1), rated('b', 1, 1)]
    expect([...unitValues(ratings, 7 * DAY_MS)]).toEqual([['a', 0.5]])
    expect([...unitValues(ratings, 8 * DAY_MS)]).toEqual([
      ['a', 0.5],
      ['b', 1],
    ])
  })
})

describe('assignment', () => {
  const place = { seed: 'seed', place: 'race|1|1' }
  const arms = (share: number): { name: string; share: number }[] => [
    { name: 'challenger', share },
    { name: 'champion', share: 1 - share },
  ]
  const units = Array.from({ length: 10_000 }, (_, unit) => `unit ${unit}`)
  const inChallenger = (share: number): string[] =>
    units.filter((unit) => assignArm(unit, arms(share), place) === 'challenger')

  it('[H17] keeps a unit in its arm, and only moves units in when the share grows', () => {
    const [few, more] = [inChallenger(0.05), new Set(inChallenger(0.2))]
    expect(few.every((unit) => more.has(unit))).toBe(true)
    expect(inChallenger(0.05)).toEqual(few)
  })

  it('[H17] gives each arm its share, and every race its own luck', () => {
    expect(Math.abs(inChallenger(0.2).length - 2_000)).toBeLessThan(200)
    const other = units.filter((unit) => assignArm(unit, arms(0.2), { ...place, place: 'race|2|1' }) === 'challenger')
    expect(other).not.toEqual(inChallenger(0.2))
  })
})
