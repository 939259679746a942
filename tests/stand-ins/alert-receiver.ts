import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type HeardAlert = {
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly isSigned: boolean
}

/** Somebody with a webhook: what was posted to it, in order. It refuses the first time, as receivers do when they restart. */
export type AlertReceiver = AsyncDisposable & {
  /** What a configuration says to have alerts sent there. */
  readonly yaml: readonly string[]
  readonly heard: readonly HeardAlert[]
}

const SECRET = 'a secret of some length'

export async function openAlertReceiver(): Promise<AlertReceiver> {
  const heard: HeardAlert[] = []
  const server = createServer((request, response) => {
    void request.toArray().then((parts) => {
      const body = Buffer.concat(parts as Buffer[]).toString()
      const signature = String(request.headers['x-paddock-signature'])
      heard.push({ ...(JSON.parse(body) as Omit<HeardAlert, 'isSigned'>), isSigned: isSigned(signature, body) })
      response.statusCode = heard.length === 1 ? 503 : 204
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    yaml: ['alerts:', `  webhook: { url: "http://127.0.0.1:${port}/hook", secret: ${SECRET} }`],
    heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function isSigned(signature: string, body: string): boolean {
  const [, at, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  return digest === createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex')
}
