import { readdirSync, readFileSync } from 'node:fs'
import Big from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAtto, formatPico, parseAtto, parsePico, type Atto, type Pico } from './fixed-point.ts'

const folder = new URL('.', import.meta.url)

describe('money in and out', () => {
  it('[M1] makes no binary float and imports nothing but the contract and its own folder', () => {
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
    expect(sources.length).toBeGreaterThan(5)
    for (const name of sources) {
      const text = readFileSync(new URL(name, folder), 'utf8')
      expect(text, name).not.toMatch(/\bNumber\(|parseFloat|parseInt|Math\.|toFixed|toPrecision|\bprocess\b/)
      for (const [, from] of text.matchAll(/from '([^']+)'/g))
        expect(from, name).toMatch(/^(\.\/|@paddock\/contract\/)/)
    }
  })

  const refused = [
    '',
    ' 1',
    '1 ',
    '+1',
    '01',
    '1.',
    '.5',
    '1e-7',
    '1E5',
    '0x10',
    '1_000',
    '１',
    '--1',
    'NaN',
    'Infinity',
    '1,5',
    '1\n',
  ]
  it.each(refused)('[M2] refuses %j', (text) => {
    expect(parseAtto(text)).toBeNull()
    expect(parsePico(text)).toBeNull()
  })

  it.each([
    ['0', 0n, 0n],
    ['-0', 0n, 0n],
    ['1', 10n ** 18n, 10n ** 12n],
    ['-2.5', -25n * 10n ** 17n, -25n * 10n ** 11n],
    ['0.000000000001', 10n ** 6n, 1n],
    ['-0.05', -5n * 10n ** 16n, -5n * 10n ** 10n],
    ['999999999999999999', (10n ** 18n - 1n) * 10n ** 18n, (10n ** 18n - 1n) * 10n ** 12n],
    ['1.0000000000000', 10n ** 18n, 10n ** 12n],
    ['0.0000000000001', 10n ** 5n, null],
  ])('[M2] reads %s', (text, atto, pico) => {
    expect(parseAtto(text)).toBe(atto)
    expect(parsePico(text)).toBe(pico)
  })

  it('[M2] refuses more than 18 digits on either side', () => {
    expect(parseAtto('1'.repeat(19))).toBeNull()
    expect(parseAtto(`0.${'1'.repeat(19)}`)).toBeNull()
  })

  it.each([
    [0n, '0', '0.000000000000'],
    [3_000_000_000_000n, '0.000003', '3.000000000000'],
    [-1n, '-0.000000000000000001', '-0.000000000001'],
    [1_234_000_000n, '0.000000001234', '0.001234000000'],
  ])('[M3] writes %s', (amount, atto, pico) => {
    expect(formatAtto(amount as Atto)).toBe(atto)
    expect(formatPico(amount as Pico)).toBe(pico)
  })

  it('[M3] keeps as many trailing zeros as asked for', () => {
    expect(formatAtto((5n * 10n ** 17n) as Atto, 12)).toBe('0.500000000000')
    expect(formatAtto(1n as Atto, 12)).toBe('0.000000000000000001')
  })

  it('[M2][M3] reads back what it wrote, as big.js does', () => {
    const amount = fc.bigInt({ min: 1n - 10n ** 30n, max: 10n ** 30n - 1n })
    fc.assert(
      fc.property(amount, (value) => {
        expect(parseAtto(formatAtto(value as Atto))).toBe(value)
        expect(parsePico(formatPico(value as Pico))).toBe(value)
        expect(formatAtto(value as Atto)).toBe(new Big(value.toString()).times('1e-18').toFixed())
      }),
      { numRuns: 100_000 },
    )
  })
})
