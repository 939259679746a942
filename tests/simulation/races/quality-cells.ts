import type { Seeded } from '../../seed.ts'
import type { Cell, Run } from './cell.ts'
import { drawPaired, drawSplit, pairedStakes, splitStakes, type Paired, type Split } from './draws.ts'
import { openPurse, stakesOf, type Stakes } from './purse.ts'

/** V1 to V8: the quality gate, paired and split. */

const ALPHA = 0.05
const ENOUGH = 1 / ALPHA

/** Looks after every trial, until there is proof or no trial left. */
function raceOn(draw: () => number, stakes: readonly Stakes[], { max, threshold = ENOUGH }: Limits): Run {
  const purse = openPurse()
  for (let trials = 1; trials <= max; trials += 1) {
    purse.take(stakes[draw()] ?? new Float64Array())
    if (purse.evidence() >= threshold) return { ended: 'promoted', trials }
  }
  return { ended: 'open', trials: max }
}

type Limits = { readonly max: number; readonly threshold?: number }

function pairedRace(shape: Paired, limits: Limits): (random: Seeded) => Run {
  const stakes = pairedStakes('above', -shape.margin)
  return (random) => raceOn(drawPaired(random, shape), stakes, limits)
}

function splitRace(shape: Split, limits: Limits): (random: Seeded) => Run {
  const stakes = splitStakes('above', shape)
  return (random) => raceOn(drawSplit(random, shape), stakes, limits)
}

/** Both ends watched, as a real race does. */
function threeWay(shape: Paired, max: number): (random: Seeded) => Run {
  const [up, down] = [pairedStakes('above', -shape.margin), pairedStakes('below', -shape.margin)]
  return (random) => {
    const draw = drawPaired(random, shape)
    const [good, bad] = [openPurse(), openPurse()]
    for (let trials = 1; trials <= max; trials += 1) {
      const outcome = draw()
      good.take(up[outcome] ?? new Float64Array())
      bad.take(down[outcome] ?? new Float64Array())
      if (good.evidence() >= ENOUGH) return { ended: 'promoted', trials }
      if (bad.evidence() >= ENOUGH) return { ended: 'inferior', trials }
    }
    return { ended: 'inconclusive', trials: max }
  }
}

const falsePromotions = [{ share: 'promoted', atMost: ALPHA }]

const boundary: Cell[] = [0.02, 0.05, 0.1].flatMap((margin) =>
  [0, 0.5, 0.9].map((ties) => ({
    id: 'V1',
    rule: 'H1',
    name: `paired, as bad as the margin ${margin}, ties ${ties}`,
    race: pairedRace({ margin, ties, difference: -margin }, { max: 4_000 }),
    accept: falsePromotions,
  })),
)

const power: Cell[] = (
  [
    ['V2', 0.05, 0.5, 0, 1_796],
    ['V2', 0.05, 0.5, 0.02, 892],
    ['V2', 0.05, 0.5, 0.05, 453],
    ['V2b', 0.03, 0.5, 0, 4_762],
    ['V2b', 0.1, 0.5, 0, 455],
    ['V2b', 0.05, 0.8, 0, 720],
  ] as const
).map(([id, margin, ties, difference, trials]) => ({
  id,
  rule: 'H1',
  name: `paired, margin ${margin}, ties ${ties}, difference ${difference}`,
  race: pairedRace({ margin, ties, difference }, { max: 20_000 }),
  accept: [
    { share: 'promoted', about: 1, within: 0.01 },
    { trials: 'mean', about: trials, within: 0.05 },
  ],
}))

const split: Cell[] = (
  [
    [0.85, 0.05, 0.5, 1_725, 4_000],
    [0.85, 0.05, 0.2, 3_025, 8_000],
    [0.85, 0.05, 0.05, 11_619, 20_000],
    [0.95, 0.03, 0.5, 1_814, 4_000],
  ] as const
).flatMap(([champion, margin, propensity, trials, max]): Cell[] => {
  const shape = { champion, margin, propensity, centre: champion }
  const name = `split, champion ${champion}, margin ${margin}, share ${propensity}`
  return [
    {
      id: 'V3',
      rule: 'H4',
      name: `${name}, as bad as the margin`,
      race: splitRace({ ...shape, difference: -margin }, { max }),
      accept: falsePromotions,
    },
    {
      id: 'V3',
      rule: 'H4',
      name: `${name}, equal`,
      race: splitRace({ ...shape, difference: 0 }, { max: 60_000 }),
      accept: [{ trials: 'mean', about: trials, within: 0.05 }],
    },
  ]
})

/** 5 %, then 20 %, then half of the units, while the champion's own rate goes up and down with the hours. */
function ramp(difference: number): (random: Seeded) => Run {
  const phases = [0.05, 0.2, 0.5].map((propensity) => ({
    margin: 0.05,
    champion: 0.85,
    difference,
    propensity,
    centre: 0.85,
  }))
  const stakes = phases.map((phase) => splitStakes('above', phase))
  const lengths = [1_000, 1_000, 8_000]
  return (random) => {
    const purse = openPurse()
    let trials = 0
    for (const [place, phase] of phases.entries())
      for (let unit = 0; unit < (lengths[place] ?? 0); unit += 1) {
        trials += 1
        const champion = 0.85 + 0.05 * Math.sin((2 * Math.PI * trials) / 1_000)
        const outcome = drawSplit(random, { ...phase, champion })()
        purse.take(stakes[place]?.[outcome] ?? new Float64Array())
        if (purse.evidence() >= ENOUGH) return { ended: 'promoted', trials }
      }
    return { ended: 'open', trials }
  }
}

const ramps: Cell[] = [
  { id: 'V4', rule: 'H4', name: 'ramp, as bad as the margin', race: ramp(-0.05), accept: falsePromotions },
  {
    id: 'V4',
    rule: 'H4',
    name: 'ramp, equal',
    race: ramp(0),
    accept: [{ share: 'promoted', about: 1, within: 0.01 }],
  },
]

const threeWays: Cell[] = (
  [
    [0, { promoted: 0.998 }, 1_684],
    [-0.05, { promoted: 0.022, inferior: 0.024, inconclusive: 0.954 }, null],
    [-0.1, { inferior: 0.998 }, 1_678],
    [0.03, { promoted: 1 }, 704],
  ] as const
).map(([difference, shares, trials]) => ({
  id: 'V5',
  rule: 'H6',
  name: `three ways to end, margin 0.05, ties 0.5, difference ${difference}`,
  race: threeWay({ margin: 0.05, ties: 0.5, difference }, 6_000),
  accept: [
    ...Object.entries(shares).map(([share, about]) => ({ share, about, within: 0.02 })),
    ...(trials === null ? [] : [{ trials: 'mean' as const, about: trials, within: 0.05 }]),
  ],
}))

const REQUESTS_PER_USER = 20

/** Users who ask twenty times; three of ten are always or never content, which makes an intra-class correlation of 0.3. */
function clustered(countBy: 'user' | 'request'): (random: Seeded) => Run {
  const shape = { margin: 0.05, champion: 0.85, difference: -0.05, propensity: 0.5, centre: 0.85 }
  const score = (challenger: boolean, share: number): number =>
    ((share - shape.centre) * (challenger ? 1 : -1)) / shape.propensity
  const bounds = { low: -1.7, high: 1.7, m: -shape.margin }
  const known = new Map<number, Stakes>()
  return (random) => {
    const purse = openPurse()
    for (let user = 1; user <= 1_000; user += 1) {
      const challenger = random.fraction() < shape.propensity
      const mean = challenger ? shape.champion + shape.difference : shape.champion
      const rate = random.fraction() < 0.3 ? Number(random.fraction() < mean) : mean
      const asked = Array.from({ length: REQUESTS_PER_USER }, () => Number(random.fraction() < rate))
      const shares = countBy === 'request' ? asked : [asked.reduce((sum, good) => sum + good, 0) / REQUESTS_PER_USER]
      for (const share of shares) purse.take(stakesFor(score(challenger, share)))
      if (purse.evidence() >= ENOUGH) return { ended: 'promoted', trials: user }
    }
    return { ended: 'open', trials: 1_000 }
  }
  function stakesFor(value: number): Stakes {
    const stakes = known.get(value) ?? stakesOf('above', value, bounds)
    known.set(value, stakes)
    return stakes
  }
}

const clusters: Cell[] = [
  {
    id: 'V6',
    rule: 'H5',
    name: 'users who ask often, one value a user',
    race: clustered('user'),
    accept: falsePromotions,
  },
  {
    id: 'V6',
    rule: 'H5',
    name: 'users who ask often, wrongly one value a request',
    race: clustered('request'),
    accept: [{ share: 'promoted', about: 0.473, within: 0.2 }],
  },
]

/** Four challengers, each as bad as the margin: is any promoted? */
function fourAt(threshold: number): (random: Seeded) => Run {
  const race = pairedRace({ margin: 0.05, ties: 0.5, difference: -0.05 }, { max: 4_000, threshold })
  return (random) => {
    const runs = Array.from({ length: 4 }, () => race(random))
    return runs.find(({ ended }) => ended === 'promoted') ?? { ended: 'open', trials: 4_000 }
  }
}

const several: Cell[] = [
  {
    id: 'V7',
    rule: 'H11',
    name: 'any of four, four times the evidence',
    race: fourAt(4 * ENOUGH),
    accept: falsePromotions,
  },
  {
    id: 'V7',
    rule: 'H11',
    name: 'any of four, wrongly without the correction',
    race: fourAt(ENOUGH),
    accept: [{ share: 'promoted', about: 0.07, within: 0.04 }],
  },
]

/** Does the interval ever miss the true mean? It does exactly when one end's evidence against the truth reaches 2/α. */
const coverage: Cell[] = [0, 0.5, 0.9].map((ties) => {
  const [above, below] = [pairedStakes('above', 0), pairedStakes('below', 0)]
  return {
    id: 'V8',
    rule: 'H2',
    name: `interval misses the truth at some look, ties ${ties}`,
    race: (random) => {
      const draw = drawPaired(random, { margin: 0, ties, difference: 0 })
      const [low, high] = [openPurse(), openPurse()]
      for (let trials = 1; trials <= 4_000; trials += 1) {
        const outcome = draw()
        low.take(above[outcome] ?? new Float64Array())
        high.take(below[outcome] ?? new Float64Array())
        if (Math.max(low.evidence(), high.evidence()) >= 2 * ENOUGH) return { ended: 'missed', trials }
      }
      return { ended: 'covered', trials: 4_000 }
    },
    accept: [{ share: 'missed', atMost: ALPHA }],
  }
})

export const QUALITY_CELLS: readonly Cell[] = [
  ...boundary,
  ...power,
  ...split,
  ...ramps,
  ...threeWays,
  ...clusters,
  ...several,
  ...coverage,
]
