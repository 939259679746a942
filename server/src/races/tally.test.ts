import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePaired } from './compared.ts'
import { logEvidence } from './evidence.ts'
import { mergeBins, Tally, type Series, type Signal } from './tally.ts'

const SERIES: Series = { epoch: 1, phase: 1, arm: 'challenger', stratum: '' }

const signals = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 1_000_000 }).map((n) => String(n).padStart(7, '0')),
    trial: fc.nat(20).map(String),
    source: fc.constantFrom('user' as const, 'check' as const),
    metric: fc.constant('quality'),
    reviewer: fc.constantFrom('one', 'two'),
    series: fc.nat(1).map((phase) => ({ ...SERIES, phase })),
    value: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
  }),
  { maxLength: 60 },
)
/** Ids are unique, as UUIDs are. */
const distinct = signals.map((all) => [...new Map(all.map((signal) => [signal.id, signal])).values()])

describe('the tally', () => {
  it('[H18] comes out the same in whatever order and however often signals arrive', () => {
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat()), (all, order) => {
        const shuffled = [...all, ...all].map((signal) => ({ signal, key: order.next().value as number }))
        const other = shuffled.toSorted((a, b) => a.key - b.key).map(({ signal }) => signal)
        expect(Tally.of(other).snapshot()).toEqual(Tally.of(all).snapshot())
      }),
    )
  })

  it('[H18] kept up signal by signal is the same as made anew from those that were stored, cut off anywhere', () => {
    fc.assert(
      fc.property(distinct, fc.nat(60), (all, cut) => {
        const stored = all.slice(0, cut)
        const kept = Tally.of(stored)
        const rebuilt = Tally.of(JSON.parse(JSON.stringify(stored)) as Signal[])
        expect(rebuilt.snapshot()).toEqual(kept.snapshot())
        for (const signal of all) {
          kept.take(signal)
          rebuilt.take(signal)
        }
        expect(kept.snapshot()).toEqual(Tally.of(all).snapshot())
        expect(rebuilt.snapshot()).toEqual(kept.snapshot())
      }),
    )
  })

  it('[H18] replaces what the same reviewer said before, and takes back what is withdrawn', () => {
    const said = (id: string, value: number | null): Signal => ({
      id,
      trial: 'one',
      source: 'user',
      metric: 'quality',
      reviewer: 'somebody',
      series: SERIES,
      value,
    })
    const tally = Tally.of([said('1', 0), said('2', 1)])
    expect([...tally.bins(SERIES, 'quality')].filter(([, count]) => count > 0)).toEqual([[100, 1]])
    tally.take(said('3', null))
    expect(tally.snapshot()).toEqual([])
  })

  it('[H3] merges counts of several nodes in any order, with the same evidence to the last bit', () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: 1, max: 500 })))
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const [left, right] = [new Map(one), new Map(other)]
        const evidence = (...parts: readonly ReadonlyMap<number, number>[]): number =>
          logEvidence('above', comparePaired(mergeBins(...parts)).against, -0.05)
        expect(evidence(left, right)).toBe(evidence(right, left))
        expect(mergeBins(left, new Map(), right)).toEqual(mergeBins(left, right))
      }),
    )
  })
})
