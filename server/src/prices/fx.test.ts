import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { readConfig } from '../base/config.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import { openFxTable } from './fx.ts'

const row = (from: string, to: string, rate: string, valid_from: string) => ({ from, to, rate, valid_from })
const at = (text: string): number => Date.parse(text)

function convert(rows: ReturnType<typeof row>[], [amount, from, to]: [string, string, string], when: string) {
  const converted = openFxTable(rows).convert(parsePico(amount) as Pico, { from, to, at: at(when) })
  return converted && formatPico(converted)
}

describe('what currencies are worth', () => {
  const rows = [
    row('USD', 'CNY', '7.1', '2024-01-01'),
    row('USD', 'CNY', '7.3', '2025-01-01T08:00:00+08:00'),
    row('CNY', 'USD', '0.125', '2026-01-01'),
  ]

  it('[P29] takes the most recent rate that is valid at the instant, whichever way it is written', () => {
    expect(convert(rows, ['1', 'USD', 'CNY'], '2023-12-31T23:59:59.999Z')).toBeNull()
    expect(convert(rows, ['1', 'USD', 'CNY'], '2024-01-01T00:00:00Z')).toBe('7.100000000000')
    expect(convert(rows, ['1', 'USD', 'CNY'], '2025-01-01T00:00:00Z')).toBe('7.300000000000')
    expect(convert(rows, ['1', 'USD', 'CNY'], '2026-06-01T00:00:00Z')).toBe('8.000000000000')
    expect(convert(rows, ['7.1', 'CNY', 'USD'], '2024-06-01T00:00:00Z')).toBe('1.000000000000')
  })

  it('[P29] says which row it took, and prefers the direction asked for where two begin together', () => {
    const both = [row('CNY', 'USD', '0.14', '2024-01-01'), row('USD', 'CNY', '7.2', '2024-01-01')]
    const table = openFxTable(both)
    const when = at('2024-02-01T00:00:00Z')
    expect(table.find({ from: 'USD', to: 'CNY', at: when })).toEqual({ row: both[1], inverse: false })
    expect(table.find({ from: 'CNY', to: 'USD', at: when })).toEqual({ row: both[0], inverse: false })
    expect(openFxTable(both.slice(1)).find({ from: 'CNY', to: 'USD', at: when })).toEqual({
      row: both[1],
      inverse: true,
    })
  })

  it('[P29] knows no way through a third currency, and needs no rate within one', () => {
    const chain = [row('USD', 'CNY', '7', '2024-01-01'), row('CNY', 'JPY', '20', '2024-01-01')]
    expect(convert(chain, ['1', 'USD', 'JPY'], '2024-06-01T00:00:00Z')).toBeNull()
    expect(convert([], ['1.5', 'EUR', 'EUR'], '2024-06-01T00:00:00Z')).toBe('1.500000000000')
  })

  it('[P29] is exact and rounds once, half to even, in both directions, as big.js does', () => {
    const amounts = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
    const rates = fc.integer({ min: 1, max: 10 ** 9 }).map((whole) => new Big(whole).div(10_000).toFixed())
    fc.assert(
      fc.property(amounts, rates, (amount, rate) => {
        const table = openFxTable([row('USD', 'CNY', rate, '2024-01-01')])
        const to = (from: string, other: string) =>
          table.convert(amount as Pico, { from, to: other, at: at('2024-06-01T00:00:00Z') })
        const forth = new Big(amount.toString()).times(rate).round(0, Big.roundHalfEven)
        expect(to('USD', 'CNY')).toBe(BigInt(forth.toFixed()))
        const scaled = BigInt(new Big(rate).times(10_000).toFixed())
        const rest = (to('CNY', 'USD') ?? 0n) * scaled - amount * 10_000n
        expect((rest < 0n ? -rest : rest) * 2n <= scaled).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the table in paddock.yaml', () => {
  function read(text: string) {
    using folder = tempFolder()
    const file = join(folder.path, 'paddock.yaml')
    writeFileSync(file, text)
    return readConfig({ config: file }, {}).fx
  }

  it('[P30] is read as it is written', () => {
    expect(read('fx:\n  - { from: USD, to: CNY, rate: "7.1", valid_from: 2024-01-01 }\n')).toEqual([
      row('USD', 'CNY', '7.1', '2024-01-01'),
    ])
    expect(read('')).toEqual([])
  })

  it.each([
    [
      'a number',
      '{ from: USD, to: CNY, rate: 7.1, valid_from: 2024-01-01 }',
      /:2:33: fx\.0\.rate: write the rate in quotes/,
    ],
    ['no worth', '{ from: USD, to: CNY, rate: "0", valid_from: 2024-01-01 }', /fx\.0\.rate: write a rate above zero/],
    ['a word', '{ from: USD, to: CNY, rate: "seven", valid_from: 2024-01-01 }', /fx\.0\.rate: write a rate above zero/],
    [
      'no such day',
      '{ from: USD, to: CNY, rate: "7", valid_from: 2024-02-30 }',
      /fx\.0\.valid_from: write a day such as/,
    ],
    ['a small currency', '{ from: usd, to: CNY, rate: "7", valid_from: 2024-01-01 }', /fx\.0\.from: write a currency/],
    ['one currency', '{ from: CNY, to: CNY, rate: "1", valid_from: 2024-01-01 }', /fx\.0\.to: .*worth 1 of itself/],
    [
      'one rate twice',
      '{ from: USD, to: CNY, rate: "7", valid_from: 2024-01-01 }\n  - { from: USD, to: CNY, rate: "8", valid_from: 2024-01-01T00:00:00Z }',
      /:3:5: fx\.1: Two rates from USD to CNY begin at/,
    ],
  ])('[P30] is refused with its place where it has %s', (_, rows, message) => {
    expect(() => read(`fx:\n  - ${rows}\n`)).toThrow(message)
  })
})
