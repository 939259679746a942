import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { MemoryAnswers, type KeptAnswer } from './answer-cache.ts'
import { ANSWER_BYTES_MAX, AnswerCopy, readCacheWish } from './cache-use.ts'

const BYTES_MAX = 10_000

function answer(clock: MovingClock, { bytes = 100, keptMs = 1_000 } = {}): KeptAnswer {
  const madeElapsed = clock.elapsed()
  return {
    requestId: 'r',
    answeredModel: null,
    body: Buffer.alloc(0),
    end: Buffer.alloc(bytes),
    madeElapsed,
    freshUntil: madeElapsed + keptMs,
  }
}

describe('answers in memory', () => {
  it('[G47] are found until their time is over', () => {
    const clock = new MovingClock(5_000)
    const answers = new MemoryAnswers(clock, () => BYTES_MAX)
    answers.keep('a', answer(clock))
    clock.advance(999)
    expect(answers.find('a')).not.toBeNull()
    clock.advance(1)
    expect(answers.find('a')).toBeNull()
    expect(answers.bytes).toBe(0)
  })

  it('[G47] give way to newer ones, the one first that was asked for longest ago', () => {
    const clock = new MovingClock()
    const answers = new MemoryAnswers(clock, () => BYTES_MAX)
    for (const key of ['a', 'b', 'c']) answers.keep(key, answer(clock, { bytes: 2_500 }))
    answers.find('a')
    answers.keep('d', answer(clock, { bytes: 2_500 }))
    expect(['a', 'b', 'c', 'd'].filter((key) => answers.find(key) !== null)).toEqual(['a', 'c', 'd'])
    answers.keep('e', answer(clock, { bytes: BYTES_MAX }))
    expect(['a', 'c', 'd', 'e'].filter((key) => answers.find(key) !== null)).toEqual([])
  })

  it('[G47] never hold more bytes than they may, whatever is kept and asked for', () => {
    const step = fc.record({ key: fc.nat(20), bytes: fc.nat(12_000), keptMs: fc.nat(50), isAsked: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const clock = new MovingClock()
        const answers = new MemoryAnswers(clock, () => BYTES_MAX)
        for (const { key, bytes, keptMs, isAsked } of steps) {
          clock.advance(1)
          if (isAsked) answers.find(String(key))
          else answers.keep(String(key), answer(clock, { bytes, keptMs }))
          expect(answers.bytes).toBeLessThanOrEqual(BYTES_MAX)
          expect(answers.bytes).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

it('[G47] an answer that is too long is not copied to its end', () => {
  const copy = new AnswerCopy(ANSWER_BYTES_MAX)
  copy.add(Buffer.alloc(ANSWER_BYTES_MAX))
  expect(copy.whole()).toHaveLength(ANSWER_BYTES_MAX)
  copy.add(Buffer.alloc(1))
  expect(copy.whole()).toBeNull()
  copy.add(Buffer.alloc(1))
  expect(copy.whole()).toBeNull()
})

it.each([
  [undefined, false, Infinity],
  ['', false, Infinity],
  ['no-cache', false, 0],
  ['No-Store, max-age=5', true, 5],
  ['private,max-age=60', false, 60],
  ['max-age=x', false, Infinity],
  ['s-max-age=7', false, Infinity],
])('[G46] Cache-Control %j is read', (wish, noStore, ageSecondsMax) => {
  expect(readCacheWish(wish)).toEqual({ noStore, ageSecondsMax })
})
