import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/** A provider that misbehaves: the caller is told in its own dialect, and the books say what happened. */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, currency: CNY }`,
  '  nobody: { base_url: "http://127.0.0.1:9/v1", models: [small] }',
  'prices:',
  '  - { model: lab/small, match: prefix, currency: CNY, per: 1000000, input: "1", cached_input: "0.5", output: "2", valid_from: 2024-01-01 }',
])

type Outcome = { status: number; text: string; entry: EntryRecord }

async function ask(model: string, stream: boolean): Promise<Outcome> {
  const { post, entry } = testbed()
  const response = await post({ model, stream, messages: [{ role: 'user', content: 'a question' }] })
  const text = await response.text()
  return { status: response.status, text, entry: await entry(response) }
}

describe('[G9] a stream that breaks', () => {
  it.each([
    ['truncated_json', 'provider_bad_answer'],
    ['no_done', 'provider_bad_answer'],
    ['error_in_stream', 'provider_error'],
    ['reset_stream', 'provider_unreachable'],
    ['close_stream', 'provider_unreachable'],
  ])('by %s ends with one error event and no end mark', async (fault, code) => {
    const { status, text, entry } = await ask(`lab/small+fault=${fault}+chunks=6+chunkDelayMs=20`, true)
    expect(status).toBe(200)
    expect(text.match(/"code":"\w+"/g)).toEqual([`"code":"${code}"`])
    expect(text).not.toContain('[DONE]')
    expect(entry).toMatchObject({ state: 'upstream_error', error: code, attempts: [{ outcome: 'error', error: code }] })
    // Text arrived, so it is counted; the words of the error are not.
    expect(entry).toMatchObject({ usage: { input: expect.any(Number) } })
    expect(entry.usage.output).toBeGreaterThan(0)
    expect(entry.usage.output).toBeLessThan(30)
  })
})

describe('an answer that is none', () => {
  it.each([
    ['small+fault=html', true, 502, 'provider_bad_answer'],
    ['small+fault=html', false, 502, 'provider_bad_answer'],
    ['small+fault=truncated_json', false, 502, 'provider_bad_answer'],
    ['small+fault=error_in_stream', false, 502, 'provider_error'],
    ['small+fault=reset_headers', false, 502, 'provider_unreachable'],
    ['small+fault=reset_headers', true, 502, 'provider_unreachable'],
    ['small+500', true, 502, 'provider_error'],
    ['small+503+retryAfter=7', true, 503, 'provider_overloaded'],
    ['small+429+retryAfter=86400', false, 429, 'provider_rate_limited'],
    ['small+307+location=http://127.0.0.1:9/', false, 502, 'provider_bad_answer'],
  ])('%s (stream: %s) is %i %s, and costs nothing', async (model, stream, status, code) => {
    const outcome = await ask(`lab/${model}`, stream)
    expect(outcome.status).toBe(status)
    expect(JSON.parse(outcome.text)).toMatchObject({ error: { code } })
    expect(outcome.entry).toMatchObject({
      error: code,
      usage: { input: 0, output: 0 },
      cost: { amount: '0.000000000000' },
    })
  })

  it('of a provider that is not there names the provider', async () => {
    const outcome = await ask('nobody/small', false)
    expect(outcome.status).toBe(502)
    expect(outcome.text).toMatch(/nobody.*provider_unreachable/)
  })
})

describe('[G11] usage that cannot be true', () => {
  it.each(['missing', 'negative', 'huge', 'string', 'zero'])(
    '(%s) is counted instead, and the entry says so',
    async (usage) => {
      for (const stream of [true, false]) {
        const { entry } = await ask(`lab/small+usage=${usage}+chunks=4`, stream)
        expect(entry).toMatchObject({
          state: 'ok',
          usage_source: 'counted',
          usage_method: expect.stringContaining('o200k_base'),
        })
        expect(entry.usage.output).toBeGreaterThanOrEqual(4)
        expect(entry.usage.output).toBeLessThan(20)
      }
    },
  )

  it.each([
    ['deepseek+promptTokens=100+cachedTokens=60', { input: 40, cached_input: 60, output: 5 }],
    ['standard+promptTokens=100+cachedTokens=60', { input: 40, cached_input: 60, output: 5 }],
    ['last_choice', { input: 12, cached_input: 0, output: 5 }],
    ['null_everywhere', { input: 12, cached_input: 0, output: 5 }],
  ])('is read as each provider spells it: %s', async (usage, expected) => {
    const [whole, streamed] = await Promise.all([
      ask(`lab/small+usage=${usage}`, false),
      ask(`lab/small+usage=${usage}`, true),
    ])
    expect(whole.entry).toMatchObject({ usage: expected, usage_source: 'provider' })
    expect(streamed.entry).toMatchObject({ usage: expected, usage_source: 'provider' })
    expect(streamed.entry.cost).toEqual(whole.entry.cost)
  })

  it('does not need ids that differ', async () => {
    const first = await ask('lab/small+ids=constant', false)
    const second = await ask('lab/small+ids=constant', false)
    expect(first.entry.provider_request_id).toBe(second.entry.provider_request_id)
    expect(first.entry.id).not.toBe(second.entry.id)
  })
})
