import { describe, expect, it } from 'vitest'
import { Places, type Needs } from './places.ts'

const SIXTEEN = [{ id: 'shared', whose: 'team shared', limit: 16 }]
const of = (key: string): Needs => ({ key, places: SIXTEEN })

/** Takes as many places as a key can get, and says how many that were. */
function fill(places: Places, key: string, elapsed: number): number {
  let taken = 0
  for (; !places.missing(of(key)); taken += 1) places.take(of(key), elapsed)
  return taken
}

function free(places: Places, key: string, count: number): void {
  for (let freed = 0; freed < count; freed += 1) places.free(of(key))
}

describe('places', () => {
  it('[L7] are all for a key that is alone', () => {
    const places = new Places()
    expect(fill(places, 'a', 0)).toBe(16)
    expect(places.taken('shared')).toBe(16)
  })

  it('[L9] keep an eighth free from a key that has its share, while others came lately', () => {
    const places = new Places()
    places.take(of('quiet'), 0)
    expect(fill(places, 'loud', 0)).toBe(13)
    expect(fill(places, 'quiet', 0)).toBe(2)
    free(places, 'quiet', 3)
    // It has gone, but it may come again: its places wait for it and not for the other.
    expect(fill(places, 'loud', 30_000)).toBe(1)
    expect(fill(places, 'quiet', 30_000)).toBe(2)
  })

  it('[L9] are all used by keys that all want more than their share', () => {
    const places = new Places()
    places.take(of('a'), 0)
    places.take(of('b'), 0)
    fill(places, 'a', 0)
    expect([places.taken('shared'), fill(places, 'b', 0)]).toEqual([14, 2])
  })

  it('[L9] forget a key that has not come for a minute or two', () => {
    const places = new Places()
    places.take(of('quiet'), 0)
    expect(fill(places, 'loud', 1)).toBe(13)
    free(places, 'quiet', 1)
    for (const minute of [1, 2]) {
      free(places, 'loud', 1)
      places.take(of('loud'), minute * 60_001)
    }
    expect(fill(places, 'loud', 120_003)).toBe(3)
  })

  it('[L9] remember a key that came in the last minute', () => {
    const places = new Places()
    places.take(of('loud'), 0)
    places.take(of('quiet'), 50_000)
    free(places, 'quiet', 1)
    expect(fill(places, 'loud', 60_000)).toBe(13)
  })

  it('[L8] do not lose a request that runs for minutes', () => {
    const places = new Places()
    places.take(of('slow'), 0)
    places.take(of('other'), 300_000)
    free(places, 'slow', 1)
    expect(places.taken('shared')).toBe(1)
  })

  it('[L8] are told apart by what they are places of, and free again', () => {
    const places = new Places()
    const needs: Needs = { key: 'a', places: [...SIXTEEN, { id: 'single', whose: 'key a', limit: 1 }] }
    places.take(needs, 0)
    expect(places.missing(needs)?.id).toBe('single')
    expect(places.missing(of('a'))).toBeUndefined()
    places.free(needs)
    expect(places.missing(needs)).toBeUndefined()
    expect([places.taken('shared'), places.taken('single')]).toEqual([0, 0])
  })
})
