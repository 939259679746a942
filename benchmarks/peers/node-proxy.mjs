// A proxy that reads nothing of what passes: Node's HTTP server towards the callers, Paddock's client towards the provider.
// Each piece goes on as it comes, so streams are passed event by event. Called with its port, the provider's, and, if it shall
// keep a log, where: then two lines of each request are synced to the disk, as long as Paddock's records and when Paddock's are,
// before the provider is called and before the last byte goes out.
import { createServer } from 'node:http'
import { httpCall } from '../../server/dist/providers/http-call.js'
import { openSyncedLog } from './synced-log.mjs'

const [port, providerPort, path] = process.argv.slice(2)
const call = httpCall()
const log = path === undefined ? null : openSyncedLog(path)
const OPENED = Buffer.alloc(600, 'o')
const ENDED = Buffer.alloc(1_100, 'e')

createServer((request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    const body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
    if (log === null) pass(request, response, body)
    else log.add(OPENED, () => pass(request, response, body))
  })
}).listen({ port: Number(port), host: '127.0.0.1', backlog: 4096 }, () => console.log('listening'))

function pass(request, response, body) {
  const url = `http://127.0.0.1:${providerPort}${request.url}`
  const running = call(
    { url, headers: { 'content-type': request.headers['content-type'] }, body },
    {
      onHead: (status, headers) => {
        const length = headers['content-length']
        const type = ['content-type', headers['content-type'] ?? 'application/octet-stream']
        response.writeHead(status, length === undefined ? type : [...type, 'content-length', length])
      },
      // The client reads the next piece into the same memory.
      onData: (bytes) => response.write(Buffer.from(bytes)),
      onEnd: () => (log === null ? response.end() : log.add(ENDED, () => response.end())),
      onFailure: () => response.destroy(),
    },
  )
  response.on('drain', () => running.resume())
  response.on('close', () => running.cancel())
}
