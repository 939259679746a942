import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { EntryRecord } from '@paddock/contract/entry'
import { describe, expect, it } from 'vitest'
import { openWorkspace } from '../paddock.ts'
import { sharedTaskBed } from './task-lab.ts'

/** Tasks that do not end well: broken off, hung up on, not read, killed. */

const { testbed, client, entryOf, lastBilled } = sharedTaskBed()
const IMAGES = '/v1/images/generations'

describe('speech', () => {
  it('[G52] that breaks off is cut, so that nobody takes what came for the whole', async () => {
    const answer = await client().audio.speech.create({ model: 'lab/say+close_stream', voice: 'alloy', input: 'Hello' })
    await expect(answer.arrayBuffer()).rejects.toThrow()
    expect(await entryOf({ response: answer })).toMatchObject({
      state: 'upstream_error',
      error: 'provider_unreachable',
      usage: { extra: { character: 5 } },
      cost: { amount: '0.000075000000' },
    })
  })

  it('[G18] holds the provider back while the caller does not read', { timeout: 30_000 }, async () => {
    const mebibytes = 64
    const sent = request(`${testbed().server.url}/v1/audio/speech`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testbed().key}`, 'content-type': 'application/json' },
    })
    sent.on('error', () => undefined)
    sent.end(
      JSON.stringify({
        model: 'lab/say',
        voice: 'alloy',
        input: 'Hello',
        'x-fake': { chunks: mebibytes * 16, chunkChars: 65_536 },
      }),
    )
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.pause()
    let written = -1
    for (let now = testbed().provider.bytesSent(); now !== written; now = testbed().provider.bytesSent()) {
      written = now
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    expect(written).toBeLessThan(mebibytes * 1024 * 1024)
    let length = 0
    for await (const part of response) length += (part as Buffer).length
    expect(length).toBe(mebibytes * 1024 * 1024)
  })

  it('[G10] that nobody waits for is stopped, and has its one entry', async () => {
    const tag = 'hung up on'
    const sent = request(`${testbed().server.url}/v1/audio/speech`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testbed().key}`, 'content-type': 'application/json', 'x-title': tag },
    })
    sent.on('error', () => undefined)
    sent.end(JSON.stringify({ model: 'lab/say+chunks=2000+chunkDelayMs=10', voice: 'alloy', input: 'Hello' }))
    await once(sent, 'response')
    sent.destroy()
    await testbed().provider.idle()
    expect(lastBilled()).toMatchObject({ outcome: 'aborted' })
    const found = async (): Promise<EntryRecord[]> =>
      (await testbed().workspace.entries('--latest', '--limit', '100')).filter(({ app }) => app === tag)
    await expect
      .poll(found, { timeout: 10_000 })
      .toMatchObject([{ state: 'client_gone', usage: { extra: { character: 5 } }, cost: { amount: '0.000075000000' } }])
  })
})

describe('a crash', () => {
  it('[G4] leaves an orphan that is priced as what was asked for', async () => {
    const { provider } = testbed()
    await using workspace = openWorkspace(
      [
        'providers:',
        `  lab: { base_url: "${provider.url}", api_key: any, currency: USD }`,
        'prices:',
        '  - { model: lab/paint, currency: USD, per: 1, image: "0.04", valid_from: 2024-01-01, match: prefix }',
      ].join('\n'),
    )
    const killed = await workspace.serve()
    const before = provider.requests().length
    const asked = killed.post({ model: 'lab/paint+hang_headers', prompt: 'a cat', n: 2 }, { path: IMAGES })
    const failed = expect(asked).rejects.toThrow()
    await expect.poll(() => provider.requests().length).toBe(before + 1)
    killed.kill('SIGKILL')
    await killed.exited
    await failed
    const again = await workspace.serve()
    again.kill('SIGTERM')
    await again.exited
    expect(await workspace.entries()).toMatchObject([
      { state: 'orphan', endpoint: IMAGES, usage: { extra: { image: 2 } }, cost: { amount: '0.080000000000' } },
    ])
  })
})
