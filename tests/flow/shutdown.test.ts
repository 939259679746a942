import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { startFakeProvider, type FakeProvider } from '../fake-provider/start.ts'
import { openWorkspace, type RunningPaddock } from '../paddock.ts'

/** A stop signal: new requests are refused, running answers end, none is lost. */

const yaml = (provider: FakeProvider, drainSeconds: number): string =>
  [
    `server: { drain_seconds: ${drainSeconds} }`,
    'providers:',
    `  lab: { base_url: "${provider.url}", api_key: any, currency: CNY }`,
    `  relay: { base_url: "${provider.url}", api_key: any, currency: CNY, abort_bills: full }`,
    'prices:',
    '  - { model: lab/small, currency: CNY, per: 1000000, input: "1", output: "2", valid_from: 2024-01-01 }',
  ].join('\n')

type Call = { readonly tag: string; readonly chunks: number; readonly delayMs: number }

/** A stream whose first words have come; `rest` is its whole text once it has ended. */
async function startStream(server: RunningPaddock, { tag, chunks, delayMs }: Call): Promise<{ rest: Promise<string> }> {
  const request = {
    model: 'lab/small',
    stream: true,
    messages: [{ role: 'user', content: 'x' }],
    'x-fake': { chunks, chunkDelayMs: delayMs },
  }
  const response = await server.post(request, { headers: { 'x-title': tag } })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (reader && !text.includes('"content":"w')) text += (await reader.read()).value ?? ''
  const readRest = async (): Promise<string> => {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += part.value
    return text
  }
  return { rest: readRest() }
}

describe('[G13] a stop signal', () => {
  it('lets running answers end, refuses new requests, and exits with 0 and all entries', async () => {
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(yaml(provider, 60))
    const server = await workspace.serve()
    const streams = await Promise.all(
      Array.from({ length: 10 }, (_, index) => startStream(server, { tag: `s${index}`, chunks: 40, delayMs: 25 })),
    )
    let ended = 0
    for (const { rest } of streams) void rest.then(() => (ended += 1))
    server.kill('SIGTERM')
    await vi.waitFor(() => expect(fetch(`${server.url}/readyz`)).rejects.toThrow())
    await expect(startStream(server, { tag: 'late', chunks: 1, delayMs: 0 })).rejects.toThrow()
    expect(ended).toBe(0)
    for (const { rest } of streams) expect(await rest).toMatch(/data: \[DONE\]\n\n$/)
    expect(await server.exited).toBe(0)
    const entries = await workspace.entries()
    expect(entries.map(({ app, state }) => `${app} ${state}`).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => `s${index} ok`),
    )
  })

  it.each([
    [
      'waits for what is heard out for nobody, and books what it took',
      60,
      { usage_source: 'provider', usage: { output: 60 } },
    ],
    ['ends that too when its time is up, and books what was produced', 0, { usage_source: 'counted' }],
  ])('[G10] %s', async (_what, drainSeconds, expected) => {
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(yaml(provider, drainSeconds))
    const server = await workspace.serve()
    const hangUp = new AbortController()
    const answer = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      signal: hangUp.signal,
      headers: { authorization: `Bearer ${server.started.firstKeys?.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'relay/small',
        stream: true,
        messages: [{ role: 'user', content: 'x' }],
        'x-fake': { chunks: 60, chunkDelayMs: 25 },
      }),
    })
    await answer.body?.getReader().read()
    hangUp.abort()
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(await workspace.entries()).toMatchObject([{ state: 'client_gone', ...expected }])
  })

  it('closes a connection that never carried a request', async () => {
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(yaml(provider, 60))
    const server = await workspace.serve()
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(await closed).toEqual([false])
  })

  it('[G9] ends what takes too long with a word and without an end mark, and books what was produced', async () => {
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(yaml(provider, 0))
    const server = await workspace.serve()
    const { rest } = await startStream(server, { tag: 'long', chunks: 10_000, delayMs: 20 })
    server.kill('SIGTERM')
    const text = await rest
    expect(text).toContain('"code":"server_shutdown"')
    expect(text).not.toContain('[DONE]')
    expect(await server.exited).toBe(0)
    const [entry] = await workspace.entries()
    expect(entry).toMatchObject({ state: 'upstream_error', error: 'server_shutdown', usage_source: 'counted' })
    expect(entry?.usage.output).toBeGreaterThan(0)
    expect(await provider.idle()).toBeUndefined()
    expect(provider.bill()).toMatchObject([{ outcome: 'aborted' }])
  })
})
