import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FairQueue, type Waiter } from './fair-queue.ts'
import { Places, type Need } from './places.ts'

type Wanted = { key: string; weight?: number; lane?: string; needs?: Need[]; since?: number }

/** A queue whose log says what became of whom. */
function openQueue({ lengthMax = 100, places = new Places() } = {}) {
  const queue = new FairQueue(places)
  const log: string[] = []
  let count = 0
  const join = ({ key, weight = 1, lane = '', needs = [], since = count }: Wanted): Waiter => {
    count += 1
    const name = `${key}${lane}`
    const waiter: Waiter = {
      needs: { key, places: needs },
      weight,
      lane,
      since,
      granted: () => {
        places.take(waiter.needs, 0)
        log.push(name)
      },
      refused: (why) => log.push(`${name} ${why}`),
    }
    queue.join(waiter, lengthMax)
    return waiter
  }
  /** What happened since the last time. */
  const news = (): string[] => log.splice(0)
  return { queue, places, join, news }
}

const times = (count: number, act: () => void): void => {
  for (let done = 0; done < count; done += 1) act()
}

describe('taking turns', () => {
  it('[L9] gives each key one turn in a round, however many of it wait', () => {
    const { queue, join, news } = openQueue()
    times(50, () => join({ key: 'a' }))
    times(2, () => join({ key: 'b' }))
    times(1, () => join({ key: 'c' }))
    queue.serve(8)
    expect(news()).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a', 'a'])
  })

  it('[L9] gives as many turns as the weight says, also when places become free one by one', () => {
    const { queue, join, news } = openQueue()
    times(10, () => join({ key: 'a', weight: 3 }))
    times(10, () => join({ key: 'b', weight: 1 }))
    times(8, () => queue.serve(1))
    expect(news()).toEqual(['a', 'a', 'a', 'b', 'a', 'a', 'a', 'b'])
  })

  it('[L9] lets a key keep its turn while there is no room for what it wants', () => {
    const places = new Places()
    const scarce = [{ id: 'scarce', whose: 'model scarce', limit: 1 }]
    places.take({ key: 'x', places: scarce }, 0)
    const { queue, join, news } = openQueue({ places })
    join({ key: 'a', needs: scarce })
    times(3, () => join({ key: 'b' }))
    queue.serve(2)
    expect(news()).toEqual(['b', 'b'])
    places.free({ key: 'x', places: scarce })
    queue.serve(1)
    expect(news()).toEqual(['a'])
  })

  it('[L9] serves the oldest of a key that there is room for', () => {
    const places = new Places()
    const scarce = [{ id: 'scarce', whose: 'model scarce', limit: 1 }]
    places.take({ key: 'x', places: scarce }, 0)
    const { queue, join, news } = openQueue({ places })
    join({ key: 'a', lane: '1', needs: scarce })
    join({ key: 'a', lane: '2' })
    join({ key: 'a', lane: '3' })
    queue.serve(10)
    expect(news()).toEqual(['a2', 'a3'])
    expect(queue.lengthOf('a')).toBe(1)
  })
})

describe('a full queue', () => {
  it('[L10] refuses the newcomer when nobody waits with more than it would', () => {
    const { join, news } = openQueue({ lengthMax: 4 })
    times(2, () => join({ key: 'a' }))
    times(2, () => join({ key: 'b' }))
    join({ key: 'b' })
    expect(news()).toEqual(['b full'])
  })

  it('[L10] refuses the newcomer when yielding would only turn the tables', () => {
    const { join, news } = openQueue({ lengthMax: 5 })
    times(3, () => join({ key: 'a' }))
    times(3, () => join({ key: 'b' }))
    expect(news()).toEqual(['b full'])
  })

  it('[L10] lets the newest of the key with the most waiting yield', () => {
    const { queue, join, news } = openQueue({ lengthMax: 4 })
    times(3, () => join({ key: 'a', lane: '1' }))
    join({ key: 'a', lane: '2' })
    join({ key: 'b' })
    expect(news()).toEqual(['a2 full'])
    expect(['a', 'b'].map((key) => queue.lengthOf(key))).toEqual([3, 1])
    join({ key: 'a', lane: '1' })
    expect(news()).toEqual(['a1 full'])
  })

  it('[L10] measures what waits by weight', () => {
    const { join, news } = openQueue({ lengthMax: 6 })
    times(4, () => join({ key: 'a', weight: 4 }))
    times(2, () => join({ key: 'b', lane: '1' }))
    join({ key: 'a', weight: 4 })
    expect(news()).toEqual(['b1 full'])
  })

  it('[L10] knows beforehand who would be refused', () => {
    const { queue, join } = openQueue({ lengthMax: 2 })
    times(2, () => join({ key: 'a' }))
    expect(queue.hasRoom({ needs: { key: 'a', places: [] }, weight: 1 }, 2)).toBe(false)
    expect(queue.hasRoom({ needs: { key: 'b', places: [] }, weight: 1 }, 2)).toBe(true)
  })
})

describe('leaving', () => {
  it('[L11] forgets who leaves, also when it leaves twice', () => {
    const { queue, join, news } = openQueue()
    const first = join({ key: 'a' })
    join({ key: 'a' })
    queue.leave(first)
    queue.leave(first)
    expect(queue.length).toBe(1)
    queue.serve(10)
    expect([news(), queue.length, queue.lengthOf('a')]).toEqual([['a'], 0, 0])
  })

  it('[L10] refuses those who have waited long enough, and nobody else', () => {
    const { queue, join, news } = openQueue()
    for (const since of [10, 20, 30]) join({ key: 'a', lane: String(since), since })
    join({ key: 'b', since: 15 })
    queue.refuseSince(20, 'late')
    expect(news()).toEqual(['a10 late', 'a20 late', 'b late'])
    expect(queue.length).toBe(1)
  })
})

describe('any traffic', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('join'), key: fc.constantFrom('a', 'b', 'c'), model: fc.constantFrom('x', 'y') }),
    fc.record({ kind: fc.constant('free'), index: fc.nat(20) }),
    fc.record({ kind: fc.constant('leave'), index: fc.nat(20) }),
    fc.record({ kind: fc.constant('refuse'), index: fc.nat(100) }),
  )

  it('[L7] [L9] ends every request once, keeps to all limits, and lets nobody wait for whom there is room', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const places = new Places()
        const queue = new FairQueue(places)
        const running: Waiter[] = []
        const waiting = new Set<Waiter>()
        for (const [since, each] of steps.entries()) {
          if (each.kind === 'join') {
            const needs = {
              key: each.key,
              places: [
                { id: each.key, whose: '', limit: 2 },
                { id: each.model, whose: '', limit: 3 },
              ],
            }
            const waiter: Waiter = {
              needs,
              weight: 1,
              lane: each.model,
              since,
              granted: () => {
                expect(waiting.delete(waiter)).toBe(true)
                places.take(needs, since)
                running.push(waiter)
              },
              refused: () => {
                expect(waiting.delete(waiter)).toBe(true)
              },
            }
            waiting.add(waiter)
            queue.join(waiter, 8)
          } else if (each.kind === 'free') {
            const [ended] = running.splice(each.index % Math.max(1, running.length), 1)
            if (ended) places.free(ended.needs)
          } else if (each.kind === 'leave') {
            const leaving = [...waiting][each.index]
            if (leaving && waiting.delete(leaving)) queue.leave(leaving)
          } else {
            queue.refuseSince(each.index, 'late')
          }
          queue.serve(Infinity)
          expect(queue.length).toBe(waiting.size)
          for (const [id, limit] of [...['a', 'b', 'c'].map((key) => [key, 2] as const), ['x', 3], ['y', 3]] as const) {
            expect(
              running.filter(({ needs }) => needs.places.some((need) => need.id === id)).length,
            ).toBeLessThanOrEqual(limit)
          }
          for (const { needs } of waiting) expect(places.missing(needs)).toBeDefined()
        }
      }),
    )
  })
})
