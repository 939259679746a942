import { join } from 'node:path'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'
import { moveToOtherOrganisation } from './other-organisation.ts'

/** Answers that are given again: to whom, for what, and what the books say of it. */

const PRICE = 'currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01'
const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { dialect: openai-chat, base_url: "${url}", currency: CNY }`,
  `  claude: { dialect: anthropic-messages, base_url: "${url}", currency: CNY }`,
  `  same: { dialect: openai-responses, base_url: "${url}", currency: CNY }`,
  'prices:',
  `  - { model: lab/small, match: prefix, ${PRICE} }`,
  'routes:',
  '  - { name: chat, candidates: [{ model: lab/small }], cache_seconds: 600 }',
  '  - { name: fresh, candidates: [{ model: lab/small }], cache_seconds: 0 }',
  '  - name: choice',
  '    candidates: [{ model: lab/small, when: { tags: [first] } }, { model: lab/other }]',
  '  - { name: second, candidates: [{ model: "lab/broken+503" }, { model: lab/small }] }',
  'limits: { keys: { hurried: { rpm: 2 } } }',
  'cache: { seconds: 600 }',
])

const messages = [{ role: 'user', content: 'a question' }]
const asIs = (answer: Response): string | null => answer.headers.get('x-paddock-cache')

/** Every request of a test says who it is of, so that tests do not answer one another. */
function question(content: string, more: object = {}): object {
  return { model: 'lab/small', messages: [{ role: 'user', content }], ...more }
}

async function calls(): Promise<number> {
  await testbed().provider.idle()
  return testbed().provider.requests().length
}

describe('an answer that is given again', () => {
  const speakers: [path: string, body: object][] = [
    ['/v1/chat/completions', { messages }],
    ['/v1/messages', { messages, max_tokens: 50 }],
    ['/v1/responses', { input: 'a question', store: false }],
  ]
  const all = speakers.flatMap(([path, body]) =>
    ['lab', 'claude', 'same'].flatMap((provider) => [false, true].map((stream) => ({ path, body, provider, stream }))),
  )

  it.each(all)(
    '[G44] has the same bytes: $path of $provider, stream $stream',
    async ({ path, body, provider, stream }) => {
      const { post } = testbed()
      const asked = { model: `${provider}/small+tools=1+text=unicode`, stream, ...body }
      const first = await post(asked, { path })
      const told = await first.text()
      expect([first.status, asIs(first)]).toEqual([200, 'miss'])
      const before = await calls()
      const second = await post(asked, { path })
      expect(await second.text()).toBe(told)
      expect(asIs(second)).toBe('hit')
      expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'))
      expect(second.headers.get('x-paddock-provider')).toBe(provider)
      expect(await calls()).toBe(before)
    },
  )

  it('[G44] owes nothing, and its entry says whose answer it is', async () => {
    const { post, entry, workspace } = testbed()
    const first = await post(question('money'))
    const second = await post(question('money'))
    expect(first.headers.get('x-paddock-cost')).toBe('0.000022000000')
    expect(second.headers.get('x-paddock-cost')).toBe('0.000000000000')
    const id = first.headers.get('x-request-id')
    expect(await entry(second)).toMatchObject({
      state: 'ok',
      provider: 'lab',
      model: 'small',
      usage: { input: 0, output: 0 },
      usage_source: 'cache',
      usage_method: `the answer of request ${id}`,
      cost: { amount: '0.000000000000', currency: 'CNY' },
      charge: { amount: '0.000000000000', currency: 'CNY' },
      price_rows: [],
      attempts: [],
    })
    const { code, out } = await workspace.run(['books', 'verify', '--json'])
    expect([code, JSON.parse(out)]).toMatchObject([0, { ok: true }])
  })

  it('[G44] counts as a request', async () => {
    const { workspace, post } = testbed()
    const { key } = await workspace.makeKey('--name', 'hurried')
    const states = []
    for (let turn = 0; turn < 3; turn += 1) states.push(await post(question('hurry'), { key }))
    expect(states.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(states.map(asIs)).toEqual(['miss', 'hit', null])
  })

  it('[G44] is given where the route says so', async () => {
    const { post } = testbed()
    const route = async (model: string): Promise<(string | null)[]> => [
      asIs(await post(question('a route', { model }))),
      asIs(await post(question('a route', { model }))),
    ]
    expect(await route('chat')).toEqual(['miss', 'hit'])
    expect(await route('fresh')).toEqual([null, null])
  })

  it('[G45] is the same for another spelling of the model, and not for another byte', async () => {
    const { post } = testbed()
    const ask = async (more: object): Promise<string | null> => asIs(await post(question('spelling', more)))
    expect(await ask({ model: 'lab/small' })).toBe('miss')
    expect(await ask({ model: 'chat' })).toBe('hit')
    expect(await ask({ temperature: 0 })).toBe('miss')
    expect(await ask({ temperature: 1 })).toBe('miss')
    expect(await ask({ stream: true })).toBe('miss')
    expect(await ask({ temperature: 0 })).toBe('hit')
  })

  it('[G45] is never that of another organisation, nor of a model this key may not call', async () => {
    const { workspace, post } = testbed()
    const colleague = await workspace.makeKey()
    const foreign = await workspace.makeKey()
    await moveToOtherOrganisation(join(workspace.data, 'paddock.db'), foreign.id)
    const narrow = await workspace.makeKey('--models', 'lab/other')
    const asked = question('a secret', { model: 'choice' })
    const tagged = { headers: { 'x-paddock-tags': 'first' } }
    const own = await post(asked, tagged)
    expect([own.headers.get('x-paddock-model'), asIs(own)]).toEqual(['small', 'miss'])
    expect(asIs(await post(asked, { ...tagged, key: colleague.key }))).toBe('hit')
    expect(asIs(await post(asked, { ...tagged, key: foreign.key }))).toBe('miss')
    const other = await post(asked, { ...tagged, key: narrow.key })
    expect([other.headers.get('x-paddock-model'), asIs(other)]).toEqual(['other', 'miss'])
    const untagged = await post(asked)
    expect([untagged.headers.get('x-paddock-model'), asIs(untagged)]).toEqual(['other', 'hit'])
    expect((await post(asked, tagged)).headers.get('x-paddock-model')).toBe('small')
  })

  it('[G46] is as new as its caller wants it', async () => {
    const { post } = testbed()
    const ask = async (wish: string): Promise<string | null> =>
      asIs(await post(question('news'), { headers: { 'cache-control': wish } }))
    expect(await ask('no-store')).toBeNull()
    expect(await ask('max-age=600')).toBe('miss')
    expect(await ask('max-age=600')).toBe('hit')
    expect(await ask('max-age=0')).toBe('miss')
    expect(await ask('private, No-Cache')).toBe('miss')
    expect(await ask('no-store')).toBeNull()
    expect(await ask('')).toBe('hit')
  })

  it.each([
    ['failed', 'lab/small+503'],
    ['was made by a second choice', 'second'],
    ['broke off', 'lab/small+reset_stream'],
    ['was cut off', 'lab/small+stop=length'],
    ['was filtered', 'lab/small+stop=filtered'],
  ])('[G46] is none that %s', async (_, model) => {
    const { post } = testbed()
    for (const stream of [false, true]) {
      for (let turn = 0; turn < 2; turn += 1) {
        const answer = await post(question('bad', { model, stream }))
        await answer.text()
        expect(asIs(answer)).not.toBe('hit')
      }
    }
  })

  it('[G46] is none that nobody waited for', async () => {
    const { server, key, post, provider } = testbed()
    const asked = question('impatience', { model: 'lab/small+chunks=50+chunkDelayMs=20', stream: true })
    const hangUp = new AbortController()
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 })
    const stream = await client.chat.completions.create(asked as OpenAI.ChatCompletionCreateParamsStreaming, {
      signal: hangUp.signal,
    })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    hangUp.abort()
    await provider.idle()
    const again = await post(asked)
    expect(asIs(again)).toBe('miss')
    expect(await again.text()).toContain('w49')
  })

  it('[G46] is none that is kept as a conversation', async () => {
    const { post } = testbed()
    const ask = (): Promise<Response> => post({ model: 'lab/small', input: 'a question' }, { path: '/v1/responses' })
    expect([asIs(await ask()), asIs(await ask())]).toEqual([null, null])
  })
})
