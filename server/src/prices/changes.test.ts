import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openPriceBook } from './book.ts'
import type { PriceChange } from './changes.ts'
import { bookOf, type Written } from './fixtures/lab-book.ts'

type Computed = {
  readonly model: string
  readonly currency: string
  readonly at: string
  readonly input: readonly [string | null, string]
  readonly input_change: string | null
  readonly output: readonly [string | null, string]
  readonly output_change: string | null
}

const computed = readFileSync(new URL('fixtures/price-changes.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Computed)
const book = openPriceBook({
  folder: fileURLToPath(new URL('../../../pricebook', import.meta.url)),
  billingCurrency: () => null,
})
const ALWAYS = { from: -Infinity, to: Infinity }

describe('the price changes of the shipped book', () => {
  const changes = book.changes(ALWAYS)

  it('[P26][P27] hold all 49 that the history computes, to the digit', () => {
    expect(computed).toHaveLength(49)
    const expected = computed.flatMap(({ model, currency, at, ...by }) =>
      (['input', 'output'] as const).flatMap((component) => {
        const [from, to] = by[component]
        const percent = by[`${component}_change`]?.replace(' %', '') ?? null
        return from === null || from === to ? [] : { model, component, from, to, percent, at, currency, per: 1_000_000 }
      }),
    )
    expect(expected).toHaveLength(94)
    for (const change of expected) expect(changes).toContainEqual(change)
  })

  it('[P26] hold no other change of input or output but those of tiers and of names that became aliases', () => {
    const known = new Set(computed.map(({ model, at }) => `${model} ${at}`))
    const others = changes.filter(
      ({ component, when }) => when === undefined && (component === 'input' || component === 'output'),
    )
    const names = new Set(others.filter(({ model, at }) => !known.has(`${model} ${at}`)).map(({ model }) => model))
    expect([...names].toSorted()).toEqual([
      'dashscope/qwen3-max',
      'deepseek/deepseek-v4-flash',
      'google/gemini-1.5-flash',
      'google/gemini-1.5-pro',
      'hunyuan/hunyuan-standard',
      'openai/gpt-5.6-luna',
      'openai/gpt-5.6-sol',
      'openai/gpt-5.6-terra',
      'xai/grok-4.20',
    ])
  })

  it('[P26] tell of the dearer tier by its condition', () => {
    const { at, ...change } = changes.find(
      ({ model, when }) => model === 'openai/gpt-5.6-sol' && when !== undefined,
    ) ?? { at: '' }
    expect(at).toBe('2026-08-21T00:00:00.000Z')
    expect(change).toEqual({
      model: 'openai/gpt-5.6-sol',
      component: 'cached_input',
      from: '1',
      to: '0.8',
      percent: '-20.0',
      currency: 'USD',
      per: 1_000_000,
      when: 'input_tokens > 271999',
    })
  })

  it('[P26] come in the order of time', () => {
    const instants = changes.map(({ at }) => at)
    expect(instants).toEqual(instants.toSorted())
  })

  it('[P26] of May 2024 are the price war', () => {
    const war = book.changes({ from: Date.parse('2024-05-01T00:00Z'), to: Date.parse('2024-06-01T00:00Z') })
    expect(war.map(({ model, component, percent }) => `${model} ${component} ${percent}`)).toEqual([
      'zhipu/glm-3-turbo input -80.0',
      'zhipu/glm-3-turbo output -80.0',
      'dashscope/qwen-long input -97.5',
      'dashscope/qwen-max input -66.7',
      'dashscope/qwen-plus input -80.0',
      'dashscope/qwen-plus output -40.0',
      'dashscope/qwen-turbo input -75.0',
      'dashscope/qwen-turbo output -25.0',
      'qianfan/ernie-speed-8k input -100.0',
      'qianfan/ernie-speed-8k output -100.0',
      'hunyuan/hunyuan-standard input -55.0',
      'hunyuan/hunyuan-standard output -50.0',
    ])
  })
})

describe('changes', () => {
  const row = (valid_from: string | null, valid_to: string | null, more: Written): Written => ({
    valid_from,
    valid_to,
    ...more,
  })
  const brief = ({ at, component, from, to, percent, when }: PriceChange): string =>
    [at.slice(0, 10), component, from, to, percent, when].filter((part) => part !== undefined).join(' ')
  const changesOf = (rows: readonly Written[], all = false): string[] =>
    bookOf(rows)
      .changes({ ...ALWAYS, all })
      .map(brief)

  it('[P27] across a gap compare with the last price before it; ends and beginnings are none', () => {
    const rows = [
      row(null, '2024-02-01', { rates: { input: '4' } }),
      row('2024-03-01', '2024-04-01', { rates: { input: '4', output: '8' } }),
      row('2024-05-01', '2024-06-01', { rates: { input: '1', output: '8' } }),
    ]
    expect(changesOf(rows)).toEqual(['2024-05-01 input 4 1 -75.0'])
    expect(changesOf(rows, true)).toEqual([
      '2024-02-01 input 4  ',
      '2024-03-01 output  8 ',
      '2024-04-01 input 4  ',
      '2024-04-01 output 8  ',
      '2024-05-01 input 4 1 -75.0',
      '2024-06-01 input 1  ',
      '2024-06-01 output 8  ',
    ])
  })

  it('[P26] compare prices of the same number of units', () => {
    const rows = [
      row(null, '2024-02-01', { per: 1000, rates: { input: '0.02' } }),
      row('2024-02-01', null, { rates: { input: '0.5' } }),
    ]
    expect(changesOf(rows)).toEqual(['2024-02-01 input 20 0.5 -97.5'])
  })

  it('[P26] compare conditions that both sides name in the same words, and leave windows out of the reference', () => {
    const peak = (input: string): Written => ({
      name: 'peak',
      when: { time: { zone: 'UTC', windows: ['09:00-18:00'] } },
      rates: { input },
    })
    const night = { name: 'night', when: { time: { zone: 'UTC', windows: ['18:00-20:00'] } }, rates: { input: '9' } }
    const batch = (output: string): Written => ({ name: 'batch', when: { service_tier: 'batch' }, rates: { output } })
    const rows = [
      row(null, '2024-02-01', { rates: { input: '2' }, variants: [peak('4'), batch('1'), night] }),
      row('2024-02-01', null, { rates: { input: '2' }, variants: [peak('6'), batch('1')] }),
    ]
    expect(changesOf(rows)).toEqual(['2024-02-01 input 4 6 50.0 09:00-18:00 UTC'])
  })

  it('[P26] are between two instants, the first inside, the second outside', () => {
    const book_ = bookOf([
      row(null, '2024-02-01', { rates: { input: '2' } }),
      row('2024-02-01', null, { rates: { input: '1' } }),
    ])
    const at = Date.parse('2024-02-01T00:00Z')
    const count = (from: number, to: number): number => book_.changes({ from, to }).length
    expect([count(at, at + 1), count(at - 1, at), count(at + 1, at + 2)]).toEqual([1, 0, 0])
  })

  it('[P26] are of what is effective: an override that goes on hides the change beneath it', () => {
    const rows = [
      row(null, '2024-02-01', { rates: { input: '2' } }),
      row('2024-02-01', null, { rates: { input: '1' } }),
    ]
    const own = [{ model: 'lab/m', currency: 'CNY', per: '1000000', input: '7', valid_from: '2024-01-01' }]
    expect(bookOf(rows, { own }).changes(ALWAYS).map(brief)).toEqual(['2024-01-01 input 2 7 250.0'])
  })

  it('[P27] from a price of zero have no percentage', () => {
    const rows = [
      row(null, '2024-02-01', { rates: { input: '0' } }),
      row('2024-02-01', null, { rates: { input: '1' } }),
    ]
    expect(changesOf(rows)).toEqual(['2024-02-01 input 0 1 '])
  })
})
