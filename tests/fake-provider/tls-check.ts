import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { httpCall } from '../../server/src/providers/http-call.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from './certificate.ts'
import { hear } from './hear.ts'

/**
 * Calls a TLS server and prints what came of it. A program of its own, because whom to trust is decided when Node starts:
 * run it with NODE_EXTRA_CA_CERTS naming the certificate.
 */
const server = createServer({ key: CERTIFICATE_KEY, cert: CERTIFICATE }, (request, response) => {
  const socket = request.socket as TLSSocket
  // Every answer ends its connection, so that every call needs a new one.
  response.setHeader('connection', 'close')
  response.end(JSON.stringify({ servername: socket.servername, isReused: socket.isSessionReused() }))
})
server.listen(0)
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const call = httpCall()
const results: unknown[] = []
for (const host of ['localhost', 'localhost', '127.0.0.1']) {
  const { body, failure } = await hear(call, { url: `https://${host}:${port}/v1` })
  results.push(failure === null ? JSON.parse(body.toString()) : failure.kind)
}
await call.close()
server.close()
process.stdout.write(JSON.stringify(results))
