import { describe, expect, it } from 'vitest'
import { seededBy } from '../../../../tests/seed.ts'
import { meanOf } from '../evidence.ts'
import { intervalOf } from '../interval.ts'
import { correctedSample, isDrawn, labelKey, readLabels, type CountedPair, type Labels } from './people.ts'

const PAIRS = 4_000
const SHARE = 0.2

/** People prefer neither; the judge prefers the challenger in three of ten pairs more than it should. */
function madeUp(): { pairs: CountedPair[]; labels: Map<string, -1 | 0 | 1>; people: number } {
  const random = seededBy(11)
  const labels = new Map<string, -1 | 0 | 1>()
  let people = 0
  const pairs = Array.from({ length: PAIRS }, (_, n): CountedPair => {
    const human = ([-1, 0, 1] as const)[random.below(3)] ?? 0
    const pair = { item: `i${n}`, challenger: 'lab/small', preference: random.fraction() < 0.3 ? 1 : human }
    people += human / PAIRS
    if (isDrawn(pair, { seed: '1', share: SHARE })) labels.set(labelKey(pair), human)
    return pair
  })
  return { pairs, labels, people }
}

const correct = (pairs: readonly CountedPair[], labels: Labels): ReturnType<typeof correctedSample> =>
  correctedSample(pairs, { labels, seed: '1', share: SHARE })

describe('people beside a judge', () => {
  it('[H39] take its bias out of what it found', () => {
    const { pairs, labels, people } = madeUp()
    expect(labels.size / PAIRS).toBeCloseTo(SHARE, 1)
    const judged = pairs.reduce((sum, { preference }) => sum + preference, 0) / PAIRS
    expect(judged - people).toBeGreaterThan(0.25)
    const sample = correct(pairs, labels)
    if (sample === null) throw new Error('every drawn pair has a label')
    expect(Math.abs(meanOf([sample]) - people)).toBeLessThan(0.1)
    const { low, high } = intervalOf([sample], 0.05)
    expect([low < people, people < high]).toEqual([true, true])
    expect(sample.counts.every(([value]) => Math.abs(value) <= sample.high)).toBe(true)
  })

  it('[H39] say nothing until every drawn pair has its label', () => {
    const { pairs, labels } = madeUp()
    const [first] = labels.keys()
    labels.delete(first ?? '')
    expect(correct(pairs, labels)).toBeNull()
  })

  it('[H39] are asked about more pairs with a larger share, and never about others', () => {
    const { pairs } = madeUp()
    const drawn = (share: number): CountedPair[] => pairs.filter((pair) => isDrawn(pair, { seed: '1', share }))
    const more = new Set(drawn(0.2))
    expect(drawn(0.05).every((pair) => more.has(pair))).toBe(true)
  })

  it.each([
    ['nonsense', /^s:1 is not JSON/],
    ['\n{"item": "a", "challenger": "b", "preferred": "left"}', /^s:2 is no line of a sheet/],
    ['{"challenger": "b", "preferred": null}', /^s:1 is no line of a sheet/],
  ])('[H39] are told which line of a sheet cannot be read: %j', (text, says) => {
    expect(() => readLabels('s', text, '1')).toThrow(says)
  })
})
