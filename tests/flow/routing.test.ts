import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startFakeProvider } from '../fake-provider/start.ts'
import { openWorkspace } from '../paddock.ts'
import { openTestbed, type Testbed } from '../testbed.ts'

/** Where requests go when providers fail, when they belong together, and when the configuration changes. */

let testbed: Testbed

beforeAll(async () => {
  testbed = await openTestbed((url) => [
    'providers:',
    `  lab: { base_url: "${url}", api_key: any, model_facts: { short: { context_tokens: 1000, images: false } } }`,
    `  twin: { base_url: "${url}", api_keys: [key-one, key-two] }`,
    'routes:',
    '  - { name: sturdy, candidates: [{ model: "lab/down+503+retryAfter=4" }, { model: lab/small }] }',
    '  - { name: across, candidates: [{ model: "twin/down+500" }, { model: lab/small }] }',
    '  - { name: able, candidates: [{ model: lab/short }, { model: lab/small }] }',
    '  - { name: pool, strategy: weight, candidates: [{ model: lab/left }, { model: lab/right }] }',
    '  - { name: loose, strategy: weight, sticky: false, candidates: [{ model: lab/left }, { model: lab/right }] }',
  ])
})

afterAll(() => testbed[Symbol.asyncDispose]())

type Asking = {
  readonly headers?: Record<string, string>
  readonly body?: object
  readonly on?: { url: string; key: string }
}

function ask(model: string, { headers = {}, body = {}, on }: Asking = {}): Promise<Response> {
  const { url, key } = on ?? { url: testbed.server.url, key: testbed.key }
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'a question' }], ...body }),
  })
}

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { code: string } }).error.code
const calls = (): number => testbed.provider.requests().length
const keysSince = (before: number): unknown[] =>
  testbed.provider
    .requests()
    .slice(before)
    .map(({ headers }) => headers['authorization'])

describe('keys', () => {
  it('passes over a candidate that is known to be unable to take the request', async () => {
    const modelFor = async (content: unknown): Promise<string | null> => {
      const answer = await ask('able', { body: { messages: [{ role: 'user', content }] } })
      await answer.text()
      return answer.headers.get('x-paddock-model')
    }
    expect(await modelFor('short')).toBe('short')
    expect(await modelFor('word '.repeat(2_000))).toBe('small')
    const image = { type: 'image_url', image_url: { url: 'https://upload.wikimedia.org/a.png' } }
    expect(await modelFor([image])).toBe('small')
  })

  it('[R16] take turns', async () => {
    const before = calls()
    for (let count = 0; count < 4; count += 1) await (await ask('twin/small')).text()
    const keys = keysSince(before)
    const [one, two] = keys
    expect(new Set([one, two])).toEqual(new Set(['Bearer key-one', 'Bearer key-two']))
    expect(keys).toEqual([one, two, one, two])
  })

  it('[R12] [R16] that are limited rest: first the other one is tried, then nobody is called', async () => {
    const before = calls()
    const first = await ask('twin/small+429+retryAfter=30')
    expect(first.status).toBe(429)
    await first.text()
    expect(new Set(keysSince(before))).toEqual(new Set(['Bearer key-one', 'Bearer key-two']))
    const second = await ask('twin/small+429+retryAfter=30')
    expect([second.status, await codeOf(second)]).toEqual([429, 'provider_rate_limited'])
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(second.headers.get('retry-after'))).toBeLessThanOrEqual(30)
    expect(calls()).toBe(before + 2)
    // What was limited is the model, not the keys.
    expect((await ask('twin/small')).status).toBe(200)
  })
})

describe('failures', () => {
  it('[R10] [R19] after the fifth nobody is called, and Retry-After says when it is tried again', async () => {
    const before = calls()
    for (let count = 0; count < 5; count += 1) {
      const failed = await ask('lab/broken+500')
      expect([failed.status, await codeOf(failed)]).toEqual([502, 'provider_error'])
    }
    expect(calls()).toBe(before + 5)
    const refused = await ask('lab/broken+500')
    expect([refused.status, await codeOf(refused)]).toEqual([503, 'provider_overloaded'])
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(10)
    expect(calls()).toBe(before + 5)
    expect((await ask('lab/small')).status).toBe(200)
  })

  it('[R13] a mistake of the caller is not held against the provider', async () => {
    for (let count = 0; count < 7; count += 1) {
      const failed = await ask('lab/picky+400')
      expect([failed.status, await codeOf(failed)]).toEqual([400, 'provider_refused'])
    }
  })

  it('[R17] go on to the next candidate, unless the caller wants no fallback', async () => {
    const helped = await ask('sturdy')
    expect([helped.status, helped.headers.get('x-paddock-attempts')]).toEqual([200, '2'])
    await helped.text()
    const before = calls()
    const alone = await ask('sturdy', { headers: { 'x-no-fallback': 'true' } })
    expect([alone.status, await codeOf(alone)]).toEqual([503, 'provider_overloaded'])
    expect(alone.headers.get('retry-after')).toBe('4')
    expect(calls()).toBe(before + 1)
    expect((await ask('across')).headers.get('x-paddock-provider')).toBe('lab')
  })
})

describe('[R9] sessions', () => {
  const modelFor = async (route: string, asking: Asking): Promise<string | null> => {
    const response = await ask(route, asking)
    await response.text()
    return response.headers.get('x-paddock-model')
  }
  const names = Array.from({ length: 24 }, (_, index) => `session-${index}`)

  it.each([
    ['x-session-id', (name: string): Asking => ({ headers: { 'x-session-id': name } })],
    ['x-session-affinity', (name: string): Asking => ({ headers: { 'x-session-affinity': name } })],
    ['prompt_cache_key', (name: string): Asking => ({ body: { prompt_cache_key: name } })],
    ['user', (name: string): Asking => ({ body: { user: name } })],
  ])('named by %s stay where they were answered', async (kind, asking) => {
    const session = asking(`${kind} one`)
    const first = await modelFor('pool', session)
    for (const _ of names) expect(await modelFor('pool', session)).toBe(first)
  })

  it('are spread over the candidates, and do not stay where the route does not want it', async () => {
    const spread = new Set<string | null>()
    for (const name of names) spread.add(await modelFor('pool', { headers: { 'x-session-id': name } }))
    expect(spread).toEqual(new Set(['left', 'right']))
    const loose = new Set<string | null>()
    for (const _ of names) loose.add(await modelFor('loose', { headers: { 'x-session-id': 'the same' } }))
    expect(loose).toEqual(new Set(['left', 'right']))
  })
})

describe('[R22] a changed configuration', () => {
  it('counts at once, or is refused with its place while the old one serves on', async () => {
    await using provider = await startFakeProvider()
    const yaml = (models: string): string =>
      `providers:\n  lab: { base_url: "${provider.url}", api_key: any, models: [${models}] }\n`
    await using workspace = openWorkspace(yaml('old'))
    const server = await workspace.serve({ environment: { PADDOCK_LOG_LEVEL: 'info' } })
    const on = { url: server.url, key: server.started.firstKeys?.key ?? '' }
    const write = (text: string): void => {
      writeFileSync(join(workspace.folder, 'paddock.yaml'), text)
    }
    const logged = async (event: string): Promise<Record<string, unknown>> =>
      vi.waitFor(
        () => {
          const line = server
            .log()
            .split('\n')
            .find((each) => each.includes(`"${event}"`))
          if (line === undefined) throw new Error(`${event} was not logged: ${server.log()}`)
          return JSON.parse(line) as Record<string, unknown>
        },
        { timeout: 10_000 },
      )

    expect((await ask('lab/old', { on })).status).toBe(200)
    expect((await ask('lab/new', { on })).status).toBe(404)

    write(yaml('new'))
    await logged('config.reloaded')
    expect((await ask('lab/new', { on })).status).toBe(200)
    expect((await ask('lab/old', { on })).status).toBe(404)

    write(`${yaml('newest')}routes:\n  - { name: chat, strategy: fastets, candidates: [{ model: lab/newest }] }\n`)
    const refused = await logged('config.refused')
    expect(refused['code']).toBe('config_invalid')
    expect(refused['reason']).toMatch(/paddock\.yaml:4:\d+/)
    expect((await ask('lab/new', { on })).status).toBe(200)
    expect((await ask('lab/newest', { on })).status).toBe(404)
  })
})
