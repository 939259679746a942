import type { Decimal } from '@paddock/contract/decimal'
import type { Quote } from '@paddock/contract/quote'
import { describe, expect, it } from 'vitest'
import { chargeSettings, type ChargeSetting } from '@paddock/contract/charges'
import { money, NOON } from '../../../tests/stand-ins/samples.ts'
import { readCharging } from './charge.ts'

const usage = { input: 100, cached_input: 0, cache_write: 0, cache_write_1h: 0, output: 10, reasoning: 0 }

/** Two units of USD for each token of input, whatever the model. */
function quote({ model, usage: { input } }: { model: string; usage: { input: number } }): Quote {
  const amount = `${input * 2}.000000000000` as Decimal
  return { state: 'priced', amount, currency: 'USD', rows: [model], lines: [], notes: [] }
}

function charge(rules: ChargeSetting[], cost: string | null, organisation = 'acme'): object {
  const charging = readCharging(rules, quote)
  const currency = cost === null ? null : 'CNY'
  return charging.chargeOf({
    organisation: { id: 'org-1', name: organisation },
    cost: money(cost, currency),
    usage,
    at: NOON,
  })
}

describe('[B61] what an organisation is charged', () => {
  it.each<[what: string, rules: ChargeSetting[], amount: string, currency: string]>([
    ['what it costs, without a rule', [], '0.000000000005', 'CNY'],
    ['its cost and ten percent', [{ add_percent: '10' }], '0.000000000006', 'CNY'],
    ['half its cost, the tie to the even digit', [{ add_percent: '-50' }], '0.000000000002', 'CNY'],
    ['nothing', [{ free: true }], '0.000000000000', 'CNY'],
    ['the price of another model', [{ price_of: 'house/standard' }], '200.000000000000', 'USD'],
    [
      'by its own rule before the one for all',
      [{ free: true }, { organisation: 'acme', add_percent: '0' }],
      '0.000000000005',
      'CNY',
    ],
    [
      'by its id before its name',
      [
        { organisation: 'acme', free: true },
        { organisation: 'org-1', add_percent: '100' },
      ],
      '0.000000000010',
      'CNY',
    ],
    [
      'by the rule for all where it has none',
      [{ add_percent: '100' }, { organisation: 'other', free: true }],
      '0.000000000010',
      'CNY',
    ],
  ])('is %s', (_what, rules, amount, currency) => {
    expect(charge(rules, '0.000000000005')).toEqual({ amount, currency })
  })

  it('stays unknown while its cost is, unless it does not depend on it', () => {
    for (const rule of [{ add_percent: '10' }, { free: true }] as const)
      expect(charge([rule], null)).toEqual({ amount: null, currency: null })
    expect(charge([{ price_of: 'house/standard' }], null)).toMatchObject({ currency: 'USD' })
  })

  it.each([
    [{}],
    [{ free: true, add_percent: '10' }],
    [{ add_percent: '-100.1' }],
    [{ add_percent: 'ten' }],
    [{ price_of: 'small' }],
  ])('is refused as %j', (setting) => {
    expect(chargeSettings.safeParse([setting]).success).toBe(false)
  })
})
