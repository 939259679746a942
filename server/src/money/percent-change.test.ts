import type { Decimal } from '@paddock/contract/decimal'
import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentChange } from './percent-change.ts'

const change = (from: string, to: string): string | null => percentChange(from as Decimal, to as Decimal)

describe('percent changes', () => {
  it.each([
    ['20', '0.5', '-97.5'],
    ['5', '1', '-80.0'],
    ['12', '2', '-83.3'],
    ['120', '40', '-66.7'],
    ['0.14', '0.27', '92.9'],
    ['1', '2', '100.0'],
    ['4', '0', '-100.0'],
    ['3', '3', '0.0'],
    ['0', '0', null],
    ['0', '2', null],
    ['-1', '2', null],
    ['1', '-2', null],
  ])('[M10] from %s to %s is %s', (from, to, percent) => {
    expect(change(from, to)).toBe(percent)
  })

  it.each([
    ['8', '8.01', '0.1'],
    ['1000', '1000.25', '0.02'],
    ['1000', '1000.75', '0.1'],
    ['80', '80.1', '0.1'],
    ['80', '80.36', '0.4'],
    ['80', '80.44', '0.6'],
  ])('[M10] rounds half to even: from %s to %s is %s', (from, to, percent) => {
    expect(change(from, to)).toBe(percent)
  })

  it.each([
    ['0.3', '0.30001', '0.003'],
    ['100', '99.9999', '-0.0001'],
    ['10000', '1', '-99.99'],
    ['1000000', '0.000000000001', '-99.9999999999999999'],
  ])('[M10] takes more decimals where one would lie: from %s to %s is %s', (from, to, percent) => {
    expect(change(from, to)).toBe(percent)
  })

  it('[M10] agrees with big.js wherever one decimal is enough', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(cents, cents, (before, after) => {
        const exact = new Big(after).minus(before).times(100)
        const oracle = exact.div(before).round(1, Big.roundHalfEven).toFixed(1)
        const enough = after === before || (oracle !== '0.0' && oracle !== '-0.0' && oracle !== '-100.0')
        if (enough) expect(change(String(before), String(after))).toBe(oracle)
        else expect(change(String(before), String(after))).toMatch(/^-?\d+\.\d*[1-9]$/)
      }),
      { numRuns: 100_000 },
    )
  })
})
