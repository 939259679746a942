import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../tests/stand-ins/moving-clock.ts'
import { tempFolder } from '../../tests/stand-ins/temp-folder.ts'
import { readConfig } from './base/config.ts'
import { httpCall } from './providers/http-call.ts'
import { answered, labRequest } from './routing/fixtures/lab.ts'
import { buildLive, routerFor } from './parts.ts'

/** Routing by the real price book, on a clock that is moved by hand. */

function openLab(yaml: readonly string[], at: string) {
  using folder = tempFolder()
  const file = join(folder.path, 'paddock.yaml')
  writeFileSync(file, yaml.join('\n'))
  const clock = new MovingClock(Date.parse(at))
  const live = buildLive(readConfig({ config: file }, {}), { clock, call: httpCall() })
  const router = routerFor(() => live, clock)
  const request = labRequest({ promptTokens: 10_000, outputTokens: 1_000 })
  return {
    clock,
    router,
    moveTo: (instant: string) => {
      clock.advance(Date.parse(instant) - clock.now())
    },
    order: () =>
      router
        .orderTargets(live.routing.resolve('chat'), request)
        .placed.map(({ target }) => target.provider.facts.id)
        .join(' '),
    reasons: (instant?: string) =>
      router
        .explain(live.routing.resolve('chat'), request, instant === undefined ? undefined : Date.parse(instant))
        .map(({ model, reason }) => `${model}: ${reason}`),
    /** An answer of a target, with so many tokens of its prompt read from the provider's cache. */
    answer: (model: string, usage: { input: number; cached_input: number }) => {
      router
        .attempts(router.orderTargets(live.routing.resolve(model), request))
        .next()
        ?.end(answered({ ...usage, output: 10 }))
    },
  }
}

const PROVIDERS = [
  'providers:',
  '  deepseek: { api_key: any }',
  '  dashscope: { api_key: any }',
  '  openai: { api_key: any }',
  '  lab: { dialect: openai-chat, base_url: "http://127.0.0.1:9/v1", models: [small, other] }',
]
const CHEAPEST = (...models: string[]): string =>
  `routes: [{ name: chat, strategy: cheapest, sticky: false, candidates: [${models.map((model) => `{ model: ${model} }`).join(', ')}] }]`
const price = (model: string, input: string, span: string): string =>
  `  - { model: ${model}, currency: CNY, per: 1000000, input: "${input}", output: "2", ${span} }`

describe('[R5] the strategy cheapest, by the price book', () => {
  it('moves in the minute in which a price becomes valid, and back when a promotion ends', () => {
    const { clock, order, moveTo } = openLab(
      [
        ...PROVIDERS,
        'prices:',
        price('lab/small', '3', 'valid_from: 2024-01-01, valid_to: 2024-06-01T08:00:00Z'),
        price('lab/small', '1', 'valid_from: 2024-06-01T08:00:00Z, valid_to: 2024-06-08T08:00:00Z'),
        price('lab/small', '3', 'valid_from: 2024-06-08T08:00:00Z'),
        // Of another provider, at 2 all the time.
        price('deepseek/own', '2', 'valid_from: 2024-01-01'),
        CHEAPEST('lab/small', 'deepseek/own'),
      ],
      '2024-06-01T07:59:59.999Z',
    )
    expect(order()).toBe('deepseek lab')
    clock.advance(1)
    expect(order()).toBe('lab deepseek')
    moveTo('2024-06-08T07:59:59.999Z')
    expect(order()).toBe('lab deepseek')
    clock.advance(1)
    expect(order()).toBe('deepseek lab')
  })

  it('moves in the minute of a real price cut, by the shipped book', () => {
    // On 19 September 2024, Beijing time, Qwen-Plus went from 4 and 12 CNY to 0.8 and 2; DeepSeek stayed at 1 and 2.
    const lab = openLab(
      [...PROVIDERS, CHEAPEST('deepseek/deepseek-chat', 'dashscope/qwen-plus')],
      '2024-09-18T15:59:00Z',
    )
    expect(lab.order()).toBe('deepseek dashscope')
    lab.moveTo('2024-09-18T16:00:00Z')
    expect(lab.reasons()).toEqual([
      'dashscope/qwen-plus: about 0.01 CNY for this request, the next 0.012 CNY',
      'deepseek/deepseek-chat: about 0.012 CNY for this request',
    ])
  })

  it('compares two currencies by the rate of the instant, and says where there is none', () => {
    const lab = openLab(
      [
        ...PROVIDERS,
        'prices:',
        price('lab/small', '1.4', 'valid_from: 2024-01-01'),
        '  - { model: openai/own, currency: USD, per: 1000000, input: "0.2", output: "0.2", valid_from: 2024-01-01 }',
        'fx:',
        '  - { from: USD, to: CNY, rate: "7.1", valid_from: 2024-05-01 }',
        '  - { from: CNY, to: USD, rate: "0.1", valid_from: 2024-06-01 }',
        CHEAPEST('lab/small', 'openai/own'),
      ],
      '2024-04-30T23:59:59.999Z',
    )
    expect(lab.reasons()).toEqual([
      'lab/small: about 0.016 CNY for this request',
      'openai/own: about 0.0022 USD for this request; no rate from USD to CNY, so behind those that can be compared',
    ])
    lab.clock.advance(1)
    expect(lab.reasons()[0]).toBe(
      'openai/own: about 0.0022 USD for this request, which is 0.01562 CNY, the next 0.016 CNY',
    )
    lab.moveTo('2024-06-01T00:00:00Z')
    expect(lab.order()).toBe('lab openai')
    // What was, and what will be, can be asked at any time.
    expect(lab.reasons('2024-05-15T00:00:00Z')[0]).toContain('openai/own')
    expect(lab.order()).toBe('lab openai')
  })

  it('counts the share of a prompt that was measured to be cached', () => {
    const lab = openLab(
      [
        ...PROVIDERS,
        'prices:',
        price('lab/small', '1', 'valid_from: 2024-01-01'),
        '  - { model: deepseek/own, currency: CNY, per: 1000000, input: "1.5", cached_input: "0.1", output: "2", valid_from: 2024-01-01 }',
        CHEAPEST('lab/small', 'deepseek/own'),
      ],
      '2024-06-01T00:00:00Z',
    )
    expect(lab.order()).toBe('lab deepseek')
    lab.answer('deepseek/own', { input: 2_000, cached_input: 8_000 })
    expect(lab.order()).toBe('deepseek lab')
    expect(lab.reasons()[0]).toBe(
      'deepseek/own: about 0.0058 CNY for this request, 80 % of its prompts cached, the next 0.012 CNY',
    )
  })
})
