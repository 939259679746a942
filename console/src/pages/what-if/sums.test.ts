import { describe, expect, it } from 'vitest'
import { amountsOf, assumptionsOf, commonCurrency, makeUp, shownOf, sizeOf, type Sums, type WhatIf } from './sums.ts'

const none = { before: 0, after: 0 }

function sums(before: Record<string, string>, after: Record<string, string>, reported: Sums['reported'] = null): Sums {
  return { requests: 1, before, after, difference: {}, percent: null, unpriced: none, reported } as Sums
}

describe('the sums of a what-if', () => {
  const both = sums({ CNY: '10.5', USD: '2' }, { CNY: '3' })
  const reported = sums({ CNY: '10.5', USD: '2' }, { CNY: '3' }, {
    currency: 'CNY',
    before: '24.98',
    after: '3',
    difference: '-21.98',
  } as Sums['reported'])

  it('are in the currency of the report, or each in its own', () => {
    expect(amountsOf(reported, 'before')).toEqual([{ amount: '24.98', currency: 'CNY' }])
    expect(amountsOf(both, 'before')).toEqual([
      { amount: '10.5', currency: 'CNY' },
      { amount: '2', currency: 'USD' },
    ])
  })

  it('are painted only where they are in one currency', () => {
    expect(commonCurrency([both])).toBeNull()
    expect(commonCurrency([reported])).toBe('CNY')
    expect(sizeOf(both, 'before', 'CNY')).toBeNull()
    expect(sizeOf(both, 'after', 'CNY')).toBe(3)
    expect(sizeOf(both, 'after', 'USD')).toBeNull()
    expect(sizeOf(sums({}, {}), 'after', 'CNY')).toBe(0)
  })

  it('are those of practice where there is nothing else', () => {
    const practice = { ...both, requests: 7 }
    const nothing = { ...both, requests: 0 }
    expect(shownOf({ total: nothing, practice } as WhatIf)).toBe(practice)
    expect(shownOf({ total: both, practice } as WhatIf)).toBe(both)
    expect(shownOf({ total: nothing, practice: null } as WhatIf)).toBe(nothing)
  })

  it('are compared with the ledger to the last digit', () => {
    const ledger = [{ amount: '10275.846807900000', currency: 'CNY' }]
    const parts = (amount: string) => [
      { amount, currency: 'CNY' },
      { amount: '26.6245367', currency: 'CNY' },
    ]
    expect(makeUp(ledger, parts('10249.222271200000'))).toBe(true)
    expect(makeUp(ledger, parts('10249.222271200001'))).toBe(false)
    expect(makeUp(ledger, [...parts('10249.2222712'), { amount: '1', currency: 'USD' }])).toBe(false)
    expect(makeUp([], [])).toBe(true)
  })

  it('say once for each model why it has no price', () => {
    const assumptions = [
      'Tokens are as they were.',
      'Unpriced: lab/a has no price at 1',
      'Unpriced: lab/a has no price at 2',
      'Unpriced: lab/b has none',
    ]
    expect(assumptionsOf({ assumptions } as unknown as WhatIf)).toEqual({
      taken: ['Tokens are as they were.'],
      unpriced: ['lab/a has no price at 1', 'lab/b has none'],
    })
  })
})
