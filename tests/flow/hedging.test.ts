import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it, vi } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/**
 * A silent first attempt gets a second one beside it. Each test has a first provider of its own, because the budget of
 * second attempts belongs to that one: one in ten seconds where there are few requests.
 */

const FIRSTS = [
  'slow',
  'silent',
  'comments',
  'failing',
  'both',
  'early',
  'late',
  'gone',
  'billed',
  'dear',
  'unknown',
  'many',
]

/** For what happens in another process, on a machine that is busy. */
const PATIENCE = { timeout: 30_000 }

/** Nobody waits so long in a test: a first attempt that answers at all answers before. */
const NEVER_MS = 60_000

/** Each route's candidates, by the scripts they make the fake provider follow, and after how long the second is started. */
const ROUTES: Readonly<Record<string, [first: string, second: string, afterMs: number]>> = {
  slow: ['a+hang_headers', 'quick', 20],
  silent: ['a+hang_stream+faultAt=-1', 'quick', 20],
  comments: ['a+keepalive_only', 'quick', 20],
  failing: ['a+reset_headers+firstDelayMs=300', 'quick+firstDelayMs=600', 20],
  both: ['a+reset_headers+firstDelayMs=300', 'quick+503', 20],
  early: ['a+firstDelayMs=50', 'quick', NEVER_MS],
  late: ['a+firstDelayMs=400', 'quick+hang_headers', 20],
  gone: ['a+hang_headers', 'quick+hang_headers', 20],
  billed: ['a+firstDelayMs=400', 'quick', 20],
  dear: ['a+firstDelayMs=200', 'dear', 20],
  unknown: ['a+firstDelayMs=200', 'unpriced', 20],
  many: ['a+hang_headers', 'quick', 20],
}

const testbed = sharedTestbed((url) => [
  'providers:',
  ...FIRSTS.map(
    (id) => `  ${id}: { base_url: "${url}", api_key: any, abort_bills: ${id === 'billed' ? 'full' : 'produced'} }`,
  ),
  `  other: { base_url: "${url}", api_key: any }`,
  'prices:',
  ...FIRSTS.map(
    (id) =>
      `  - { model: ${id}/a, match: prefix, currency: CNY, per: 1, input: "0.001", output: "1", valid_from: 2024-01-01 }`,
  ),
  '  - { model: other/quick, match: prefix, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  '  - { model: other/dear, currency: CNY, per: 1, input: "1", output: "2", valid_from: 2024-01-01 }',
  'routes:',
  ...Object.entries(ROUTES).map(
    ([name, [first, second, afterMs]]) =>
      `  - { name: ${name}, attempts_max: 2, hedge: { after_ms: ${afterMs}, cost_cap: "0.01" }, candidates: [{ model: "${name}/${first}" }, { model: "other/${second}" }] }`,
  ),
])

type Asked = { readonly status: number; readonly text: string; readonly entry: EntryRecord }

async function ask(route: string, stream: boolean): Promise<Asked> {
  const { post, entry } = testbed()
  const response = await post({
    model: route,
    stream,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'a question' }],
  })
  return { status: response.status, text: await response.text(), entry: await entry(response) }
}

/** How the provider's own bill tells of the calls to the models of a test. */
function billed(...models: string[]): (string | undefined)[] {
  const calls = testbed().provider.bill()
  return models.map((model) => calls.findLast((call) => call.model === model)?.outcome)
}

const cancelled = { outcome: 'cancelled', error: null }

describe('[R20] [G32] a silent first attempt', () => {
  it.each([
    ['before its head', 'slow', false],
    ['behind its head', 'silent', true],
    ['but for comments', 'comments', true],
  ])('%s gives way to a second one, and is told to stop', async (_what, route, stream) => {
    const { status, text, entry } = await ask(route, stream)
    expect(status).toBe(200)
    expect(text).toContain('w4')
    expect(text.includes('[DONE]')).toBe(stream)
    expect(entry).toMatchObject({ state: 'ok', provider: 'other', usage: { input: 12, output: 5 } })
    expect(entry.cost).toEqual({ amount: '0.000022000000', currency: 'CNY' })
    expect(entry.attempts).toMatchObject([
      { provider: route, ...cancelled, usage: { output: 0 }, cost: { currency: 'CNY' } },
      { provider: 'other', outcome: 'ok', status: 200 },
    ])
    // It had been sent the prompt, so that is what it may bill.
    const [loser, winner] = entry.attempts
    expect(loser?.usage?.input).toBeGreaterThan(0)
    expect(loser?.cost?.amount).toBe((Number(loser?.usage?.input) * 0.001).toFixed(12))
    expect(winner).not.toHaveProperty('cost')
    expect(entry.retry_loss).toEqual([loser?.cost])
    await testbed().provider.idle()
    expect(billed(ROUTES[route]?.[0] ?? '')).toEqual(['aborted'])
  })

  it('that fails while the second runs leaves the answer to that', async () => {
    const { status, entry } = await ask('failing', false)
    expect(status).toBe(200)
    expect(entry.attempts).toMatchObject([
      { provider: 'failing', outcome: 'error', error: 'provider_unreachable' },
      { provider: 'other', outcome: 'ok' },
    ])
  })

  it('is heard where the second fails, and its failure is told where it fails as well', async () => {
    const { status, text, entry } = await ask('both', false)
    expect(status).toBe(502)
    expect(text).toContain('provider_unreachable')
    expect(entry).toMatchObject({ state: 'upstream_error', error: 'provider_unreachable' })
    expect(entry.attempts.map(({ provider, error }) => [provider, error])).toEqual([
      ['other', 'provider_overloaded'],
      ['both', 'provider_unreachable'],
    ])
  })

  it('that answers in time is alone', async () => {
    const { entry } = await ask('early', true)
    expect(entry.attempts).toMatchObject([{ provider: 'early', outcome: 'ok' }])
  })

  it('that answers before the second one wins, and the second is told to stop', async () => {
    const { status, entry } = await ask('late', true)
    expect(status).toBe(200)
    expect(entry).toMatchObject({ provider: 'late', state: 'ok' })
    expect(entry.attempts).toMatchObject([
      { provider: 'other', ...cancelled },
      { provider: 'late', outcome: 'ok' },
    ])
    await testbed().provider.idle()
    expect(billed('quick+hang_headers')).toEqual(['aborted'])
  })

  it('and the second are both told to stop when the caller hangs up', async () => {
    const { provider, server, key, workspace } = testbed()
    const before = provider.requests().length
    const hangUp = new AbortController()
    const asked = fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      signal: hangUp.signal,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gone', messages: [{ role: 'user', content: 'a question' }] }),
    })
    await vi.waitFor(() => {
      expect(provider.requests()).toHaveLength(before + 2)
    }, PATIENCE)
    hangUp.abort()
    await expect(asked).rejects.toThrow()
    await provider.idle()
    const calls = provider.bill().slice(-2)
    expect(calls.map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted'])
    const entry = await vi.waitFor(async () => {
      const [found] = (await workspace.entries('--latest', '--limit', '50')).filter(({ route }) => route === 'gone')
      expect(found).toBeDefined()
      return found
    }, PATIENCE)
    expect(entry?.state).toBe('client_gone')
    expect(entry?.attempts.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled'])
    // Both had been sent the prompt: one is charged for, the other is lost.
    expect(entry?.attempts.map(({ cost }) => cost !== undefined)).toEqual([true, false])
    expect(entry?.retry_loss).toEqual([entry?.attempts[0]?.cost])
  })

  it('is heard out where its provider bills the whole answer whoever hears it', async () => {
    const { entry } = await ask('billed', true)
    expect(entry.provider).toBe('other')
    // A hundred tokens were allowed, at 1 CNY each.
    const [loser] = entry.attempts
    expect(loser).toMatchObject({ provider: 'billed', ...cancelled, usage: { output: 100 } })
    expect(Number(loser?.cost?.amount)).toBeGreaterThanOrEqual(100)
    await testbed().provider.idle()
    expect(billed('a+firstDelayMs=400')).toEqual(['whole'])
  })

  it.each([
    ['costs more than the cap', 'dear'],
    ['has no price', 'unknown'],
  ])('waits alone where a second one %s', async (_what, route) => {
    const { entry } = await ask(route, false)
    expect(entry.attempts).toMatchObject([{ provider: route, outcome: 'ok' }])
  })
})

it('[R18] [R20] silence of a whole provider makes few second attempts', async () => {
  const { provider, server, key } = testbed()
  const seen = (): number => provider.requests().filter(({ body }) => String(body).includes('"many-')).length
  const before = provider.bill().length
  const hangUp = new AbortController()
  const asked = Array.from({ length: 20 }, (_, index) =>
    fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      signal: hangUp.signal,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      // Each of another user: one who was answered goes where the answer came from.
      body: JSON.stringify({
        model: 'many',
        user: `many-${index}`,
        messages: [{ role: 'user', content: 'a question' }],
      }),
    }).then(
      (response) => response.status,
      () => 'hung up',
    ),
  )
  // All first attempts are out and one second one has answered; the others may have none.
  expect(await Promise.race(asked)).toBe(200)
  await vi.waitFor(() => {
    expect(seen()).toBe(21)
  }, PATIENCE)
  hangUp.abort()
  const outcomes = await Promise.all(asked)
  expect(outcomes.filter((outcome) => outcome === 200)).toHaveLength(1)
  await provider.idle()
  expect(provider.bill()).toHaveLength(before + 21)
})
