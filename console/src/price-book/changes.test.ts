import { expect, it } from 'vitest'
import { changesIn, type PriceChange } from './changes.ts'

const change = (at: string, model: string) => ({ at, model }) as PriceChange
const CHANGES = [
  change('2024-05-01T00:00:00.000Z', 'deepseek/chat'),
  change('2024-05-15T00:00:00.000Z', 'volcengine/pro'),
  change('2024-06-01T00:00:00.000Z', 'deepseek/chat'),
]

it('picks the changes of a span, its end left out', () => {
  const span = { from: '2024-05-01T00:00:00.000Z', to: '2024-06-01T00:00:00.000Z' }
  expect(changesIn(CHANGES, span)).toEqual(CHANGES.slice(0, 2))
})

it('picks those of a provider', () => {
  expect(changesIn(CHANGES, { provider: 'deepseek' })).toEqual([CHANGES[0], CHANGES[2]])
  expect(changesIn(CHANGES, { provider: 'deep' })).toEqual([])
})

it('leaves all where nothing is wanted', () => {
  expect(changesIn(CHANGES, {})).toEqual(CHANGES)
})
