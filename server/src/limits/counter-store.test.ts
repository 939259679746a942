import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import type { Clock } from '../base/clock.ts'
import { SLOT_MS, WINDOW_MS, type CounterStore, type Demand } from './counter-store.ts'
import { MemoryCounters } from './memory-counters.ts'

/** Every store has to pass all of this. */
const STORES: readonly (readonly [name: string, open: (clock: Clock) => CounterStore])[] = [
  ['memory', (clock) => new MemoryCounters(clock)],
]

const demand = (counter: string, amount: number, limit: number): Demand => {
  return { counter, kind: 'tokens', whose: 'key test', amount, limit }
}

describe.each(STORES)('the counters in %s', (_name, open) => {
  it('[L1] admit as much as the limit says, and more when it no longer counts', async () => {
    const clock = new MovingClock(12_345)
    const store = open(clock)
    const one = [demand('a', 1, 3)]
    const admitted: boolean[] = []
    for (let asked = 0; asked < 5; asked += 1) admitted.push((await store.take(one)).admitted)
    expect(admitted).toEqual([true, true, true, false, false])
    clock.advance(WINDOW_MS + SLOT_MS)
    expect((await store.take(one)).admitted).toBe(true)
  })

  it('[L3] take from all counters or from none, and report each', async () => {
    const clock = new MovingClock(50)
    const store = open(clock)
    await store.take([demand('b', 4, 5)])
    const refused = await store.take([demand('a', 1, 5), demand('b', 2, 5), demand('c', 3, 5)])
    expect(refused.admitted).toBe(false)
    expect(refused.levels.map(({ used, waitMs }) => [used, waitMs])).toEqual([
      [0, 0],
      [4, 60_050],
      [0, 0],
    ])
    const admitted = await store.take([demand('a', 1, 5), demand('b', 1, 5), demand('c', 3, 5)])
    expect(admitted.levels.map(({ used, resetMs }) => [used, resetMs])).toEqual([
      [1, 60_050],
      [5, 60_050],
      [3, 60_050],
    ])
  })

  it('[L4] give back to the slot it was taken in, and count more from now', async () => {
    const clock = new MovingClock()
    const store = open(clock)
    const { slot } = await store.take([demand('a', 80, 100)])
    clock.advance(30_000)
    store.correct('a', { slot, by: -50 })
    expect((await store.take([demand('a', 70, 100)])).levels[0]?.used).toBe(100)
    store.correct('a', { slot, by: 25 })
    clock.advance(30_100)
    // The 30 that were left of the first have gone; 70 and the 25 that were said later have not.
    expect((await store.take([demand('a', 5, 100)])).levels[0]?.used).toBe(100)
  })

  it('[L4] give nothing back that no longer counts', async () => {
    const clock = new MovingClock()
    const store = open(clock)
    const { slot } = await store.take([demand('a', 80, 100)])
    clock.advance(WINDOW_MS + SLOT_MS)
    await store.take([demand('a', 80, 100)])
    store.correct('a', { slot, by: -80 })
    expect((await store.take([demand('a', 20, 100)])).levels[0]?.used).toBe(100)
  })

  it('[L1] [L2] never admit more than the limit in any minute, never refuse without need, and tell the true time', async () => {
    await fc.assert(
      fc.asyncProperty(traffic, async ({ limits, startsAt, steps }) => {
        const clock = new MovingClock(startsAt)
        const store = open(clock)
        const history: Past[] = []
        for (const step of steps) {
          clock.advance(step.pauseMs)
          const demands = demandsOf(step.amounts, limits)
          const taken = await store.take(demands)
          expect(taken.admitted).toBe(demands.every((each) => fits(each, history, clock.elapsed())))
          if (taken.admitted) {
            history.push({ at: clock.elapsed(), demands })
            continue
          }
          // Nobody else asks for anything: a millisecond too early it is refused, at the time told it is admitted.
          clock.advance(Math.max(...taken.levels.map(({ waitMs }) => waitMs)) - 1)
          expect((await store.take(demands)).admitted).toBe(false)
          clock.advance(1)
          expect((await store.take(demands)).admitted).toBe(true)
          history.push({ at: clock.elapsed(), demands })
        }
        for (const { at } of history) {
          for (const [counter, limit] of limits.entries()) {
            expect(sumBetween(history, String(counter), [at, at + WINDOW_MS])).toBeLessThanOrEqual(limit)
          }
        }
      }),
    )
  })
})

type Past = { readonly at: number; readonly demands: readonly Demand[] }

const traffic = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }).chain((limits) =>
  fc.record({
    limits: fc.constant(limits),
    startsAt: fc.integer({ min: 0, max: 1_000_000 }),
    steps: fc.array(
      fc.record({
        pauseMs: fc.oneof(fc.constant(0), fc.integer({ max: 300, min: 0 }), fc.integer({ max: 70_000, min: 0 })),
        amounts: fc.tuple(...limits.map((limit) => fc.integer({ min: 1, max: limit }))),
      }),
      { maxLength: 60 },
    ),
  }),
)

function demandsOf(amounts: readonly number[], limits: readonly number[]): Demand[] {
  return amounts.map((amount, counter) => demand(String(counter), amount, limits[counter]!))
}

/** The rule itself, slowly: what was taken in a slot that ended less than a window ago still counts. */
function fits({ counter, amount, limit }: Demand, history: readonly Past[], now: number): boolean {
  const counting = history.filter(({ at }) => now < at - (at % SLOT_MS) + SLOT_MS + WINDOW_MS)
  return sumBetween(counting, counter, [0, Infinity]) + amount <= limit
}

function sumBetween(history: readonly Past[], counter: string, [from, to]: readonly [number, number]): number {
  return history
    .filter(({ at }) => at >= from && at < to)
    .flatMap(({ demands }) => demands)
    .filter((each) => each.counter === counter)
    .reduce((sum, { amount }) => sum + amount, 0)
}

describe('memory', () => {
  it('[L6] forgets a window in which nothing counts, and none in which something does', () => {
    const clock = new MovingClock(1_000)
    const store = new MemoryCounters(clock)
    for (let round = 0; round < 20; round += 1) {
      for (let key = 0; key < 500; key += 1) store.take([demand(`key ${round} ${key}`, 1, 1)])
      // One in 25 seconds makes three in a minute.
      expect(store.take([demand('lasting', 1, 10)]).levels[0]?.used).toBe(Math.min(round + 1, 3))
      // A generation is one window long, and 500 keys come every 25 seconds.
      expect(store.size).toBeLessThanOrEqual(500 * 6 + 1)
      clock.advance(25_000)
    }
    clock.advance(2 * WINDOW_MS + SLOT_MS)
    store.take([demand('lasting', 1, 10)])
    expect(store.size).toBe(1)
  })
})
