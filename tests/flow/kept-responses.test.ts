import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ChatsTables } from '../../server/src/chats/tables.ts'
import { openStore } from '../../server/src/store/store.ts'
import type { RunningPaddock } from '../paddock.ts'
import { openTestbed, sharedTestbed } from '../testbed.ts'
import { moveToOtherOrganisation } from './other-organisation.ts'

/** Kept answers: who may see them, what they are judged by, and what becomes of them. */

type Answer = {
  readonly id: string
  readonly store: boolean
  readonly previous_response_id: string | null
  readonly output: readonly { readonly id: string }[]
}
type Refusal = { readonly error: { readonly code: string; readonly message: string; readonly param: string | null } }

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { dialect: openai-chat, base_url: "${url}", currency: CNY, model_facts: { blind: { images: false } } }`,
  `  same: { dialect: openai-responses, base_url: "${url}", currency: CNY }`,
  'limits: { body_bytes_max: 4000, keys: { narrow: { prompt_bytes_max: 30 } } }',
  'responses: { bytes_max: 2500 }',
])

async function ask(body: object, key?: string): Promise<Answer & Partial<Refusal>> {
  const { server } = testbed()
  const answer = await server.post(body, { path: '/v1/responses', ...(key === undefined ? {} : { key }) })
  return (await answer.json()) as Answer & Partial<Refusal>
}

function look(id: string, key: string, { method = 'GET', list = '' } = {}): Promise<Response> {
  const { server } = testbed()
  return fetch(`${server.url}/v1/responses/${id}${list}`, { method, headers: { authorization: `Bearer ${key}` } })
}

describe('a kept answer', () => {
  it('[G42] [G16] is unknown to other keys, teams and organisations, in the same words as one that never was', async () => {
    const { workspace, key } = testbed()
    const colleague = await workspace.makeKey()
    const reader = await workspace.makeKey('--scopes', 'call,read')
    const otherTeam = await workspace.makeKey('--team', 'other', '--scopes', 'call,read')
    const admin = await workspace.makeKey('--team', 'other', '--scopes', 'admin')
    const foreign = await workspace.makeKey('--scopes', 'admin')
    await moveToOtherOrganisation(join(workspace.data, 'paddock.db'), foreign.id)
    const { id } = await ask({ model: 'lab/small', input: 'a secret' })

    const seen = async (asked: string, by: string): Promise<(number | string)[]> => {
      const replies = await Promise.all([
        look(asked, by),
        look(asked, by, { list: '/input_items' }),
        testbed().server.post(
          { model: 'lab/small', input: 'x', previous_response_id: asked },
          { path: '/v1/responses', key: by },
        ),
      ])
      return await Promise.all(
        replies.map(async (reply) => (reply.ok ? reply.status : ((await reply.json()) as Refusal).error.message)),
      )
    }
    const never = await seen(`resp_${'0'.repeat(32)}`, key)
    expect(new Set(never).size).toBe(1)
    for (const by of [key, reader.key, admin.key]) expect(await seen(id, by)).toEqual([200, 200, 200])
    for (const by of [colleague.key, otherTeam.key, foreign.key]) expect(await seen(id, by)).toEqual(never)

    const remove = async (by: string): Promise<number> => (await look(id, by, { method: 'DELETE' })).status
    for (const by of [colleague.key, otherTeam.key, foreign.key, reader.key]) expect(await remove(by)).toBe(404)
    expect(await remove(admin.key)).toBe(200)
    expect(await remove(key)).toBe(404)
  })

  it('[G41] counts with all before it: for images, caps and the size of a request', async () => {
    const { workspace } = testbed()
    const image = { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` }
    const shown = await ask({ model: 'lab/small', input: [{ role: 'user', content: [image] }] })
    const blind = await ask({ model: 'lab/blind', input: 'What was it?', previous_response_id: shown.id })
    expect(blind.error?.code).toBe('modality_unsupported')

    const { key } = await workspace.makeKey('--name', 'narrow')
    const said = await ask({ model: 'lab/small', input: 'twenty-four characters..' }, key)
    const more = await ask({ model: 'lab/small', input: 'and ten..', previous_response_id: said.id }, key)
    expect(more.error).toMatchObject({ code: 'cap_exceeded' })

    const long = await ask({ model: 'lab/small', input: 'x'.repeat(1500) })
    const longer = await ask({ model: 'lab/small', input: 'x'.repeat(2500), previous_response_id: long.id })
    expect(longer.error).toMatchObject({ code: 'conversation_too_long', param: '/previous_response_id' })
  })

  it.each([undefined, false])(
    '[G41] [G42] can be referred to item by item, by who sees it (store: %s)',
    async (store) => {
      const { workspace, key, lastBody } = testbed()
      const { output } = await ask({ model: 'lab/small', input: 'x' })
      const reference = { type: 'item_reference', id: output[0]?.id }
      const question = { role: 'user', content: 'and now?' }
      const refer = (times: number, by = key): Promise<Answer & Partial<Refusal>> =>
        ask({ model: 'lab/small', input: [...Array<object>(times).fill(reference), question], store }, by)

      const second = await refer(1)
      expect(lastBody()).toMatch(/"role":"assistant".*w0 w1 w2 w3 w4.*and now\?/)
      expect(second.store).toBe(store ?? true)
      if (second.store) {
        await ask({ model: 'lab/small', input: 'and then?', previous_response_id: second.id })
        expect(lastBody()).toMatch(/w0 w1 w2 w3 w4.*and now\?.*w0 w1 w2 w3 w4.*and then\?/)
      }
      const stranger = await workspace.makeKey()
      expect((await refer(1, stranger.key)).error).toMatchObject({
        code: 'content_type_unknown',
        message: expect.stringContaining('by an id that is not known here'),
        param: '/input/0/type',
      })
      expect((await refer(40)).error).toMatchObject({ code: 'conversation_too_long', param: '/input' })
    },
  )

  it.each(['lab', 'same'])('[G40] that is too large to be kept says so: %s', async (provider) => {
    const asked = { model: `${provider}/small`, input: 'x'.repeat(2500) }
    const whole = await ask(asked)
    expect(whole.store).toBe(false)
    const { server, key } = testbed()
    const streamed = await (await server.post({ ...asked, stream: true }, { path: '/v1/responses' })).text()
    const events = streamed
      .split('\n\n')
      .filter((event) => event !== '')
      .map((event) => JSON.parse(event.slice(event.indexOf('{'))) as { type: string; response?: Answer })
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { store: false } })
    const ids = new Set(events.flatMap(({ response }) => response?.id ?? []))
    expect(ids.size).toBe(1)
    for (const id of [whole.id, ...ids]) expect((await look(id, key)).status).toBe(404)
  })

  it('[G17] is asked for by its id, and its items page by page', async () => {
    const { key } = testbed()
    const { id } = await ask({
      model: 'lab/small',
      input: [
        { role: 'user', content: 'a' },
        { role: 'user', content: 'b' },
      ],
    })
    const page = async (query: string): Promise<object> =>
      (await (await look(id, key, { list: `/input_items${query}` })).json()) as object
    const first = (await page('?limit=1')) as { last_id: string }
    expect(first).toMatchObject({ data: [{ content: 'b', type: 'message' }], has_more: true })
    expect(await page(`?limit=1&after=${first.last_id}`)).toMatchObject({ data: [{ content: 'a' }], has_more: false })
    expect(await page('?limit=0')).toMatchObject({ error: { code: 'out_of_range', param: 'limit' } })
    expect(await page('?order=up')).toMatchObject({ error: { code: 'value_unknown', param: 'order' } })
    expect(await page('?after=nothing')).toMatchObject({ error: { code: 'id_invalid', param: 'after' } })
    expect((await look('../x', key)).status).toBe(404)
    expect((await look(id, key, { method: 'PUT' })).headers.get('allow')).toBe('GET, DELETE')
    expect((await look(id, key, { list: '/output_items' })).status).toBe(404)
  })
})

it('[G6] [G40] bytes pass untouched where the caller keeps its conversation itself', async () => {
  const { server, lastBody, provider, key } = testbed()
  const body =
    '{ "model":"same/small", "input":"x",\n"store":false, "seed":1.50, "x-fake":{"ids":"constant"},"stream":true }'
  const answer = await server.post(body, { path: '/v1/responses', key })
  const told = await answer.text()
  expect(lastBody()).toBe(body.replace('same/small', 'small'))
  const direct = await fetch(`${provider.url}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body.replace('same/small', 'small'),
  })
  expect(told).toBe(await direct.text())
})

describe('conversations', () => {
  it('[G40] [G43] outlive a restart, and not their time', async () => {
    await using own = await openTestbed((url) => ['providers:', `  lab: { base_url: "${url}", currency: CNY }`])
    const on = async (server: RunningPaddock, body: object): Promise<Answer & Partial<Refusal>> => {
      const answer = await server.post(body, { path: '/v1/responses', key: own.key })
      return (await answer.json()) as Answer & Partial<Refusal>
    }
    const first = await on(own.server, { model: 'lab/small', input: 'before' })
    // Killed: what was promised with the last byte must be there.
    own.server.kill('SIGKILL')
    await own.server.exited
    const again = await own.workspace.serve()
    const second = await on(again, { model: 'lab/small', input: 'behind', previous_response_id: first.id })
    expect(second.previous_response_id).toBe(first.id)
    expect(own.lastBody()).toMatch(/before.*w4.*behind/)
    again.kill('SIGTERM')
    await again.exited

    const keepNone = join(own.workspace.folder, 'none.yaml')
    const yaml = [
      'providers:',
      `  lab: { base_url: "${own.provider.url}", currency: CNY }`,
      'responses: { keep_days: 0 }',
    ]
    writeFileSync(keepNone, yaml.join('\n'))
    const never = await own.workspace.serve({ args: ['--config', keepNone] })
    const third = await on(never, { model: 'lab/small', input: 'x', store: true })
    expect(third.store).toBe(false)
    const gone = await on(never, { model: 'lab/small', input: 'x', previous_response_id: second.id })
    expect(gone.error?.code).toBe('response_unknown')
  })
})

it('[G40] an answer that cannot be kept goes out all the same, and says so', async () => {
  await using own = await openTestbed((url) => ['providers:', `  lab: { base_url: "${url}", currency: CNY }`])
  const store = openStore(join(own.workspace.data, 'paddock.db'))
  await store.tables<ChatsTables>().schema.dropTable('responses').execute()
  await store.close()
  const answer = await own.post({ model: 'lab/small', input: 'x' }, { path: '/v1/responses' })
  expect(await answer.json()).toMatchObject({ status: 'completed', store: false })
  expect(await own.entry(answer)).toMatchObject({ state: 'unpriced', usage: { output: 5 } })
  expect(own.server.log()).toContain('response.not_stored')
})
