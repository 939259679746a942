import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startFakeProvider } from '../fake-provider/start.ts'
import { openWorkspace } from '../paddock.ts'

/** A caller that does not read must not make the server keep what the provider sends. */

const CALLERS = 20
const ANSWER_MEBIBYTES = 24
/** A server that has only just started is small: its first work alone makes it larger by some ninety. */
const GROWTH_MEBIBYTES_MAX = 150

describe('[G18] callers that stop reading', () => {
  it(`hold the provider back instead of filling memory`, { timeout: 60_000 }, async () => {
    await using provider = await startFakeProvider()
    await using workspace = openWorkspace(`providers: { lab: { base_url: "${provider.url}", api_key: any } }`)
    const server = await workspace.serve()
    const residentMebibytes = (): number =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
    const before = residentMebibytes()

    const calls = await Promise.all(
      Array.from({ length: CALLERS }, async () => {
        const sent = request(`${server.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'x-api-key': server.started.firstKeys?.key ?? '', 'content-type': 'application/json' },
        })
        sent.on('error', () => undefined)
        sent.end(
          JSON.stringify({
            model: 'lab/small',
            stream: true,
            messages: [{ role: 'user', content: 'x' }],
            'x-fake': { chunks: ANSWER_MEBIBYTES * 64, chunkChars: 16_384 },
          }),
        )
        const [response] = (await once(sent, 'response')) as [IncomingMessage]
        response.pause()
        return sent
      }),
    )
    // Each provider's answer now stands still, as do the sockets between: what is sent when nobody reads stops growing.
    let sent = -1
    for (let now = provider.bytesSent(); now !== sent; now = provider.bytesSent()) {
      sent = now
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    expect(sent).toBeLessThan(CALLERS * ANSWER_MEBIBYTES * 1024 * 1024)
    expect(residentMebibytes() - before).toBeLessThan(GROWTH_MEBIBYTES_MAX)
    for (const call of calls) call.destroy()
    await provider.idle()
  })
})
