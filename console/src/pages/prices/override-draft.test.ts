import { describe, expect, it } from 'vitest'
import type { PriceRow } from '../../price-book/rows.ts'
import { bodyOf, NEW_DRAFT, withListed } from './override-draft.ts'

const row = {
  provider: 'lab',
  model: 'one',
  currency: 'USD',
  rates: {
    input: { price: '0.0025', per: 1000 },
    output: { price: '10', per: 1_000_000 },
    request: { price: '1', per: 1000 },
  },
} as unknown as PriceRow

describe('an override while it is written', () => {
  it('begins with the listed prices of a million, without what is not counted in tokens', () => {
    expect(withListed({ ...NEW_DRAFT, model: 'lab/one' }, [row])).toMatchObject({
      currency: 'USD',
      rates: [
        { component: 'input', price: '2.5' },
        { component: 'output', price: '10' },
      ],
    })
    expect(withListed({ ...NEW_DRAFT, model: 'lab/two' }, [row]).rates).toEqual(NEW_DRAFT.rates)
  })

  it('asks without what was left empty', () => {
    const draft = {
      ...NEW_DRAFT,
      model: ' lab/one ',
      reason: 'agreed',
      rates: [...NEW_DRAFT.rates, { component: 'cached_input', price: ' 0.1 ' }],
    }
    expect(bodyOf(draft)).toEqual({
      model: 'lab/one',
      level: 'override',
      currency: 'CNY',
      reason: 'agreed',
      rates: { cached_input: '0.1' },
    })
    expect(bodyOf({ ...draft, validFrom: '2024-05-21', replaces: 'x' })).toMatchObject({
      valid_from: '2024-05-21',
      replaces: 'x',
    })
  })
})
