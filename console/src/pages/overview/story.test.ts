import type { Decimal } from '@paddock/contract/decimal'
import { describe, expect, it } from 'vitest'
import { hasStory, linesIn, marksOf, wordsOf, type StoryEvent, type Timeline } from './story.ts'

const WORDS = {
  drop: (model: string) => `${model} fell`,
  drops: (count: number) => `${count} fell`,
  proposed: (routes: string) => `proposed ${routes}`,
  promoted: (route: string, model: string) => `${route} to ${model}`,
  rolledBack: (route: string) => `${route} back`,
}

function event(kind: StoryEvent['kind'], at: string, rest: Partial<StoryEvent> = {}): StoryEvent {
  return { kind, at, route: null, race: null, model: null, actor: null, text: '', ...rest }
}

const decimal = (amount: string): Decimal => amount as Decimal

const NOTHING: Timeline = {
  starts: ['2024-05-20T00:00:00.000Z', '2024-05-21T00:00:00.000Z', '2024-05-22T00:00:00.000Z'],
  bill: [{ currency: 'CNY', amounts: [decimal('3'), decimal('2'), decimal('1')] }],
  counterfactual: [{ currency: 'CNY', amounts: [decimal('3'), decimal('3'), decimal('3')] }],
  reported: null,
  savings: [],
  events: [],
  as_of: '2024-05-23T00:00:00.000Z',
}

describe('the story of the overview', () => {
  it('is told only where more than prices moved', () => {
    const drop = event('price_drop', '2024-05-20T16:00:00.000Z')
    expect(hasStory(NOTHING)).toBe(false)
    expect(hasStory({ ...NOTHING, events: [drop] })).toBe(false)
    expect(hasStory({ ...NOTHING, events: [drop, event('proposal', drop.at)] })).toBe(true)
  })

  it('marks what happened on one day together, and leaves all but what moved the bill to the list', () => {
    const marks = marksOf(
      [
        event('price_drop', '2024-05-20T16:00:00.000Z', { model: 'dashscope/qwen-long' }),
        event('price_drop', '2024-05-20T16:00:00.000Z', { model: 'dashscope/qwen-max' }),
        event('proposal', '2024-05-20T16:00:00.000Z', { route: 'chat' }),
        event('start', '2024-05-22T04:00:00.000Z', { route: 'chat' }),
        event('promote', '2024-05-27T04:00:00.000Z', { route: 'chat', model: 'dashscope/qwen-long' }),
        event('rollback', '2024-06-03T04:00:00.000Z', { route: 'write' }),
      ],
      WORDS,
    )
    expect(marks).toEqual([
      { at: Date.parse('2024-05-20T16:00:00.000Z'), label: '2 fell · proposed chat' },
      { at: Date.parse('2024-05-27T04:00:00.000Z'), label: 'chat to qwen-long' },
      { at: Date.parse('2024-06-03T04:00:00.000Z'), label: 'write back' },
    ])
  })

  it('takes both lines by the operator’s rates, and without any those of one currency', () => {
    const reported = {
      currency: 'USD',
      bill: [decimal('0.4'), null, decimal('0.1')],
      counterfactual: [decimal('0.4'), null, decimal('0.4')],
    }
    expect(linesIn({ ...NOTHING, reported }, 'USD')).toEqual({ bill: [0.4, null, 0.1], without: [0.4, null, 0.4] })
    const unknown = { currency: 'CNY', bill: [null, null, null], counterfactual: [null, null, null] }
    expect(linesIn({ ...NOTHING, reported: unknown }, 'CNY')).toEqual({ bill: [3, 2, 1], without: [3, 3, 3] })
  })

  it('does not say twice when it was', () => {
    const text = 'input 20 -> 0.5 (-97.5 %) CNY from 2024-05-20T16:00:00.000Z'
    expect(wordsOf(event('price_drop', '2024-05-20T16:00:00.000Z', { text }))).toBe('input 20 -> 0.5 (-97.5 %) CNY')
  })
})
