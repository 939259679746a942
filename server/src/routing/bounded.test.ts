import { expect, it } from 'vitest'
import { boundedMap } from './bounded-map.ts'
import { openSessions } from './sessions.ts'

it('[R23] forgets what was not touched for longest once it is full', () => {
  const map = boundedMap<number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  map.set('c', 4)
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([3, undefined, 4, 2])
})

it('[R23] remembers so many sessions and no more', () => {
  const sessions = openSessions(100)
  for (let name = 0; name < 1_000; name += 1) sessions.keep(String(name), { target: 'a/m', apiKey: null }, 0)
  const kept = Array.from({ length: 1_000 }, (_, name) => sessions.find(String(name), 1)).filter(Boolean)
  expect([kept.length, sessions.find('899', 1), sessions.find('999', 1)?.target]).toEqual([100, null, 'a/m'])
})
