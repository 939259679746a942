import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import type { FakeProvider } from '../fake-provider/start.ts'
import { sharedTestbed } from '../testbed.ts'

/** A caller hangs up: the provider is told, and the entry says what had been produced and how that was counted. */

const CHUNKS = 50

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: any, currency: CNY, abort_bills: produced }`,
  `  nobody-knows: { base_url: "${url}", api_key: any, currency: CNY }`,
  `  relay: { base_url: "${url}", api_key: any, currency: CNY, abort_bills: full }`,
  'prices:',
  '  - { model: nobody-knows/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01, match: prefix }',
  '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01, match: prefix }',
  '  - { model: relay/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01, match: prefix }',
])

type Call = { readonly model: string; readonly tag: string; readonly stream: boolean; readonly fake?: object }

function call({ model, tag, stream, fake = {} }: Call): ClientRequest {
  const { server, key } = testbed()
  const sent = request(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-title': tag },
  })
  sent.on('error', () => undefined)
  sent.end(
    JSON.stringify({
      model,
      stream,
      user: tag,
      messages: [{ role: 'user', content: 'count to fifty' }],
      'x-fake': { chunks: CHUNKS, ...fake },
    }),
  )
  return sent
}

/** Hangs up once so many chunks with text have come. */
async function hangUpAfter(sent: ClientRequest, chunks: number): Promise<void> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const part of response) {
    text += String(part)
    if (text.split('"content":"w').length - 1 >= chunks) break
  }
  sent.destroy()
}

/** The entry that bears a tag, once there is one. */
async function entryOf(tag: string): Promise<EntryRecord> {
  const { provider, workspace } = testbed()
  await provider.idle()
  for (let look = 0; look < 50; look += 1) {
    const found = (await workspace.entries('--latest', '--limit', '1000')).find(({ app }) => app === tag)
    if (found) return found
  }
  throw new Error(`there is no entry for ${tag}`)
}

const billOf = (tag: string): ReturnType<FakeProvider['bill']>[number] | undefined =>
  testbed()
    .provider.bill()
    .find((each) => each.tag === tag)

describe('[G10] a caller that hangs up (problem 5)', () => {
  // Of whom nobody knows what it bills is told to stop as well: what was produced is certain, and its bill tells the rest.
  it.each(['lab', 'nobody-knows'])(
    'at every chunk of %s leaves an entry that says what was produced',
    { timeout: 120_000 },
    async (id) => {
      const tags = Array.from({ length: CHUNKS - 1 }, (_, index) => `${id}-chunk-${index + 1}`)
      // It would go on for a second: a busy machine hangs up late.
      const fake = { chunkDelayMs: 20, chunks: 2 * CHUNKS }
      await Promise.all(
        tags.map((tag, index) => hangUpAfter(call({ model: `${id}/small`, tag, stream: true, fake }), index + 1)),
      )
      const { provider, workspace } = testbed()
      await provider.idle()
      await entryOf(`${id}-chunk-49`)
      const entries = new Map((await workspace.entries()).map((entry) => [entry.app, entry]))
      for (const [index, tag] of tags.entries()) {
        const entry = entries.get(tag)
        expect(billOf(tag), tag).toMatchObject({ outcome: 'aborted' })
        expect(entry, tag).toMatchObject({
          state: 'client_gone',
          usage_source: 'counted',
          usage_method: expect.stringContaining('o200k_base'),
          attempts: [{ outcome: 'cancelled', status: 200 }],
        })
        // A word such as "w7 " is two or three tokens: at least what the caller saw was counted, and not more than was sent.
        const sent = billOf(tag)?.pieces ?? 0
        expect(sent).toBeGreaterThanOrEqual(index + 1)
        expect(entry?.usage.output).toBeGreaterThanOrEqual(index + 1)
        expect(entry?.usage.output).toBeLessThanOrEqual(sent * 4)
        expect(entry?.usage.input).toBeGreaterThan(0)
        expect(BigInt(entry?.cost.amount?.replace('.', '') ?? '0')).toBe(
          BigInt((entry?.usage.input ?? 0) + 2 * (entry?.usage.output ?? 0)) * 1_000_000n,
        )
      }
    },
  )

  it('before the headers of a stream is charged the prompt it sent', async () => {
    const sent = call({ model: 'lab/small+hang_headers', tag: 'before-headers', stream: true })
    await waitFor(() => billOf('before-headers') !== undefined)
    sent.destroy()
    expect(await entryOf('before-headers')).toMatchObject({
      state: 'client_gone',
      usage: { output: 0 },
      usage_source: 'counted',
      usage_method: expect.stringContaining('the prompt, nothing was answered'),
      attempts: [{ outcome: 'cancelled' }],
    })
    expect(billOf('before-headers')).toMatchObject({ outcome: 'aborted' })
  })

  it('while a whole answer is being written stops the provider too', async () => {
    const sent = call({ model: 'lab/small', tag: 'whole', stream: false, fake: { firstDelayMs: 60_000 } })
    await waitFor(() => billOf('whole') !== undefined)
    sent.destroy()
    expect(await entryOf('whole')).toMatchObject({ state: 'client_gone', attempts: [{ outcome: 'cancelled' }] })
  })

  it(
    'at every chunk of one that bills the whole answer anyway is owed what that says',
    { timeout: 120_000 },
    async () => {
      const tags = Array.from({ length: CHUNKS - 1 }, (_, index) => `full-chunk-${index + 1}`)
      const fake = { chunkDelayMs: 20, abortBills: 'full' }
      await Promise.all(
        tags.map((tag, index) => hangUpAfter(call({ model: 'relay/small', tag, stream: true, fake }), index + 1)),
      )
      const { provider, workspace } = testbed()
      await provider.idle()
      await entryOf('full-chunk-49')
      const entries = new Map((await workspace.entries()).map((entry) => [entry.app, entry]))
      for (const tag of tags) {
        const { charged } = billOf(tag) ?? {}
        expect(billOf(tag), tag).toMatchObject({ outcome: 'whole' })
        expect(entries.get(tag), tag).toMatchObject({
          state: 'client_gone',
          usage_source: 'provider',
          usage: { input: charged?.input, output: charged?.output },
          cost: { amount: ((Number(charged?.input) + 2 * Number(charged?.output)) / 1e6).toFixed(12) },
        })
      }
    },
  )

  it.each([true, false])('before the head of such an answer is owed all of it: stream %s', async (stream) => {
    const tag = `full-before-${stream}`
    const sent = call({ model: 'relay/small', tag, stream, fake: { firstDelayMs: 300, abortBills: 'full' } })
    await waitFor(() => billOf(tag) !== undefined)
    sent.destroy()
    expect(await entryOf(tag)).toMatchObject({
      state: 'client_gone',
      usage: { input: 12, output: CHUNKS },
      usage_source: 'provider',
    })
    expect(billOf(tag)).toMatchObject({ outcome: 'whole' })
  })

  it('lets a provider that bills the whole answer anyway finish, and books its own numbers', async () => {
    await hangUpAfter(call({ model: 'relay/small', tag: 'billed-in-full', stream: true, fake: { chunkDelayMs: 2 } }), 3)
    await testbed().provider.idle()
    expect(billOf('billed-in-full')).toMatchObject({ outcome: 'whole' })
    expect(await entryOf('billed-in-full')).toMatchObject({
      state: 'client_gone',
      usage: { input: 12, output: CHUNKS },
      usage_source: 'provider',
      cost: { amount: '0.000112000000' },
    })
  })
})

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
