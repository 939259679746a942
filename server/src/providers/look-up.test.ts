import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { listModels } from './look-up.ts'
import { openai } from './openai.ts'

const MEBIBYTE = Buffer.alloc(1024 * 1024, ' ')

/** A provider that answers with a list of models between so many mebibytes of spaces; null: without end. */
async function openProvider(mebibytes: number | null) {
  const server = createServer((_request, response) => {
    let left = mebibytes ?? Infinity
    const send = (): void => {
      while (left > 0) {
        left -= 1
        if (!response.write(MEBIBYTE)) return
      }
      response.end('{"data":[{"id":"small"}]}')
    }
    response.on('drain', send)
    response.on('close', () => server.emit('closed', response.writableEnded))
    send()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    lookUp: { facts: { ...openai, baseUrl: `http://127.0.0.1:${port}/v1` }, apiKey: 'any' },
    /** Whether the last answer was sent to its end. */
    closed: once(server, 'closed') as Promise<[boolean]>,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

it('reads a list of models up to the limit', async () => {
  await using provider = await openProvider(7)
  expect(await listModels(provider.lookUp)).toEqual(['small'])
})

it('reads no more of a list without end than it may, and hangs up', async () => {
  await using provider = await openProvider(null)
  await expect(listModels(provider.lookUp)).rejects.toMatchObject({
    code: 'provider_bad_answer',
    message: expect.stringContaining('longer than 8 MiB'),
  })
  expect(await provider.closed).toEqual([false])
})
