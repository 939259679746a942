import { setTimeout as after } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { startFakeProvider, type FakeProvider } from '../fake-provider/start.ts'
import { openWorkspace, type RunningPaddock } from '../paddock.ts'
import { seeded, type Seeded } from '../seed.ts'

/**
 * Callers that never give up: each names its request and sends it until it is answered or told that nothing more can be
 * known, while the server is killed again and again. The provider's own bill is the judge of how often it was asked.
 */

const PATIENCE = { timeout: 20_000, interval: 50 }
const KILLS = 20
const CLIENTS = 12

const configFor = (url: string): string =>
  [
    'providers:',
    `  lab: { base_url: "${url}", api_key: any, currency: CNY }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  ].join('\n')

it('[G55] a request that is in flight at a kill is not made twice: its entry is named instead', async () => {
  await using provider = await startFakeProvider()
  await using workspace = openWorkspace(configFor(provider.url))
  const { key } = await workspace.makeKey()
  const ask = (server: RunningPaddock, fake: object): Promise<Response> =>
    server.post(
      { model: 'lab/small', messages: [{ role: 'user', content: 'a question' }], user: 'in flight', 'x-fake': fake },
      { key, headers: { 'idempotency-key': 'in flight' } },
    )
  const first = await workspace.serve()
  const hanging = ask(first, { fault: 'hang_headers' }).catch(() => null)
  while (provider.bill().length === 0) await after(5)
  first.kill('SIGKILL')
  await first.exited
  expect(await hanging).toBeNull()

  const second = await workspace.serve()
  // Until what the crash left open is settled, it counts as running.
  const error = await vi.waitFor(async () => {
    const again = await ask(second, { fault: 'hang_headers' })
    const told = (await again.json()) as { error: { code: string; message: string } }
    expect([again.status, told.error.code]).toEqual([409, 'idempotency_unknown'])
    return told.error
  }, PATIENCE)
  second.kill('SIGTERM')
  await second.exited
  const [orphan, ...more] = await workspace.entries()
  expect(orphan).toMatchObject({ state: 'orphan' })
  expect(more).toEqual([])
  expect(error.message).toContain(orphan?.id)
  expect(provider.bill()).toHaveLength(1)
})

type Ended = { readonly tag: string; readonly text: string | null }

it(
  `[G55] every named request is asked for once, whatever is killed: ${KILLS} kills`,
  { timeout: 240_000 },
  async () => {
    const random = seeded()
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(configFor(provider.url))
    const { key } = await workspace.makeKey()
    const present: Present = { server: await workspace.serve(), over: false }
    const ended: Ended[] = []
    const clients = Array.from({ length: CLIENTS }, (_, client) => keepAsking({ present, key, random, client }, ended))
    for (let kill = 0; kill < KILLS; kill += 1) {
      await after(random.between(150, 900))
      present.server.kill('SIGKILL')
      await present.server.exited
      present.server = await workspace.serve()
    }
    present.over = true
    await Promise.all(clients)
    // What was answered is answered again, the same, by a server that knows of it from the disk alone.
    const answered = ended.filter(({ text }) => text !== null)
    for (const { tag, text } of answered.slice(-20)) {
      const again = await sendNamed(present.server, { key, tag })
      expect([again.headers.get('idempotent-replayed'), await again.text()]).toEqual(['true', text])
    }
    present.server.kill('SIGTERM')
    expect(await present.server.exited).toBe(0)
    await provider.idle()
    judge(provider, ended, random.seed)
    const entries = await workspace.entries()
    const calls = new Set(provider.bill().map(({ tag }) => tag))
    expect(entries.filter(({ app }) => calls.has(app)).length, `seed ${random.seed}`).toBe(calls.size)
  },
)

type Present = { server: RunningPaddock; over: boolean }
type Client = { readonly present: Present; readonly key: string; readonly random: Seeded; readonly client: number }

async function keepAsking({ present, key, client }: Client, ended: Ended[]): Promise<void> {
  for (let count = 0; !present.over; count += 1) {
    const tag = `c${client}n${count}`
    ended.push({ tag, text: await askUntilKnown(present, { key, tag }) })
  }
}

/** The answer, or null where it is said that it cannot be known. */
async function askUntilKnown(present: Present, named: Asked): Promise<string | null> {
  for (;;) {
    try {
      const answer = await sendNamed(present.server, named)
      const text = await answer.text()
      if (answer.ok && text.endsWith('data: [DONE]\n\n')) return text
      if (text.includes('idempotency_unknown')) return null
    } catch {
      // The server was killed: the next one is asked.
    }
    await after(20)
  }
}

type Asked = { readonly key: string; readonly tag: string }

function sendNamed(server: RunningPaddock, { key, tag }: Asked): Promise<Response> {
  const body = {
    model: 'lab/small',
    messages: [{ role: 'user', content: 'a question' }],
    stream: true,
    user: tag,
    'x-fake': { chunks: 10, chunkDelayMs: 3 },
  }
  return server.post(body, { key, headers: { 'idempotency-key': tag, 'x-title': tag } })
}

function judge(provider: FakeProvider, ended: readonly Ended[], seed: number): void {
  const calls = new Map<string, number>()
  for (const { tag } of provider.bill()) calls.set(tag ?? '', (calls.get(tag ?? '') ?? 0) + 1)
  const message = `seed ${seed}`
  expect(
    [...calls].filter(([, count]) => count > 1),
    message,
  ).toEqual([])
  const answered = ended.filter(({ text }) => text !== null)
  expect(
    answered.filter(({ tag }) => !calls.has(tag)),
    message,
  ).toEqual([])
  // The run was worth something: many answers, and some that a kill took away.
  expect(answered.length, message).toBeGreaterThan(KILLS * 2)
  expect(ended.length - answered.length, message).toBeGreaterThan(KILLS / 4)
}
