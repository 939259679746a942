import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { ERRORS, type ErrorCode } from '@paddock/contract/errors'
import { PaddockError } from './errors.ts'

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void

/** Limits of a connection, in milliseconds and bytes, tighter than Node's own: a slow caller may not hold a place for long. */
const HEADERS_MS_MAX = 10_000
const REQUEST_MS_MAX = 60_000
const KEEP_ALIVE_MS = 65_000
const CHECK_EVERY_MS = 2_000
const HEADER_BYTES_MAX = 16_384
/** How many connections may wait to be accepted: of a thousand that come at once, Node's 511 would leave half to try again. */
const BACKLOG = 4_096

type Refusal = readonly [code: ErrorCode, message: string]

/** What Node's parser says, as the error table says it. */
const PARSER_ERRORS: ReadonlyMap<string, Refusal> = new Map<string, Refusal>([
  ['HPE_HEADER_OVERFLOW', ['header_too_large', `All headers together may have ${HEADER_BYTES_MAX} bytes.`]],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    ['body_timeout', `A request must arrive whole within ${REQUEST_MS_MAX / 1000} seconds.`],
  ],
])
const UNREADABLE: Refusal = ['http_invalid', 'This is not a well-formed HTTP/1.1 request.']

export type RunningServer = {
  readonly port: number
  readonly server: Server
  /** Closes connections on which nothing runs, also those that never carried a request: Node leaves them open. */
  readonly closeIdle: () => void
}

/** Listens with Node's strict parser. Throws `port_unusable` with the setting to change. */
export function startHttpServer(options: { host: string; port: number; handle: HttpHandler }): Promise<RunningServer> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      noDelay: true,
      insecureHTTPParser: false,
    },
    options.handle,
  )
  // A caller that sends "Expect: 100-continue" waits with its body, so it can be refused before it sends 32 MB.
  server.on('checkContinue', options.handle)
  server.on('clientError', answerUnreadable)
  const closeIdle = idleCloser(server)
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(unusable(options, cause))
    })
    server.listen({ port: options.port, host: options.host, backlog: BACKLOG }, () => {
      const address = server.address()
      resolve({
        server,
        closeIdle,
        port: typeof address === 'object' && address !== null ? address.port : options.port,
      })
    })
  })
}

function idleCloser(server: Server): () => void {
  const unused = new Set<Socket>()
  const isUsed = ({ socket }: IncomingMessage): void => {
    unused.delete(socket)
  }
  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', isUsed).on('checkContinue', isUsed)
  return () => {
    server.closeIdleConnections()
    for (const socket of unused) socket.destroy()
  }
}

function answerUnreadable(cause: NodeJS.ErrnoException, socket: Socket): void {
  if (cause.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [code, message] = PARSER_ERRORS.get(cause.code ?? '') ?? UNREADABLE
  const { status, type } = ERRORS[code]
  const body = JSON.stringify({ error: { message, type, code, param: null } })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

function unusable({ host, port }: { host: string; port: number }, cause: NodeJS.ErrnoException): PaddockError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is in use by another program.`,
    EACCES: `This user may not listen on port ${port}.`,
    EADDRNOTAVAIL: `This machine has no address ${host}.`,
  }
  const reason = reasons[cause.code ?? ''] ?? `Cannot listen on ${host}:${port} (${cause.code ?? cause.message}).`
  return new PaddockError('port_unusable', {
    message: `${reason} Choose another with --port or PADDOCK_PORT, --host or PADDOCK_HOST.`,
    cause,
  })
}

/** Sends a JSON reply whole. */
export function sendJson(
  response: ServerResponse,
  reply: { status: number; body: unknown; headers?: Readonly<Record<string, string>> },
): void {
  const bytes = Buffer.from(JSON.stringify(reply.body))
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...reply.headers,
  })
  response.end(bytes)
}

/** What stands before the query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

/**
 * The path of a request, without its query. Throws path_unknown for the absolute and double-slash forms, which proxies
 * read in different ways, and host_invalid for a Host header that is more than a host and a port.
 */
export function readPath(request: IncomingMessage): string {
  const path = pathOf(request)
  if (!path.startsWith('/') || path.startsWith('//')) {
    throw new PaddockError('path_unknown', { message: 'The request line must hold a path that starts with one "/".' })
  }
  const host = request.headers.host ?? ''
  if (!/^[\w.:[\]-]*$/.test(host)) {
    throw new PaddockError('host_invalid', {
      message: 'The Host header must be a host name, perhaps with a port, and nothing else.',
    })
  }
  return path
}

/** The content encodings that are undone, of requests as of answers (RFC 9110, 8.4.1). */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** Undoes an encoding, named in small letters; null for one that is not known here. */
export function openDecoder(encoding: string): Transform | null {
  return DECODERS.get(encoding)?.() ?? null
}
