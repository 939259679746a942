import { describe, expect, it } from 'vitest'
import { conditionWords } from './conditions.ts'
import { text } from './text.ts'

describe('conditions of a candidate', () => {
  const words = (when: Record<string, unknown> | null) =>
    conditionWords(when, text.en.conditions, (kind, id) => `the ${kind} ${id}`)

  it('are told in words, one phrase each', () => {
    expect(words({ stream: true, has_images: false, prompt_tokens: { gt: 100, lte: 2000 } })).toEqual([
      text.en.conditions.streams,
      text.en.conditions.noImages,
      text.en.conditions.tokens('> 100, ≤ 2000'),
    ])
  })

  it('name keys and teams', () => {
    expect(words({ key: 'k1', team: ['t1', 't2'], tags: ['night'] })).toEqual([
      text.en.conditions.key('the key k1'),
      text.en.conditions.team('the team t1, the team t2'),
      text.en.conditions.tags('night'),
    ])
  })

  it('show what is not known as it is written, and nothing where there is none', () => {
    expect(words({ moon: 'full' })).toEqual(['moon: "full"'])
    expect(words(null)).toEqual([])
  })
})
