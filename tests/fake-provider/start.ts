import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { NO_TOKENS, producedTokens, wholeTokens } from './answer.ts'
import { sendAnswer } from './answering.ts'
import { openBill, type BilledCall } from './bill.ts'
import { readFields, readOrder, spellingOf } from './read-asked.ts'
import type { Script } from './script.ts'
import { openaiError } from './spell-chat.ts'
import type { Body } from './spell-tasks.ts'
import type { Charged, Spelling } from './spelling.ts'

export type FakeProviderOptions = {
  readonly port?: number
  /** Where the bill is kept; without it, in memory only. */
  readonly billFile?: string
  /** What each model does. A model that is not here answers in health. */
  readonly scripts?: Readonly<Record<string, Partial<Script>>>
}

/** A request as it arrived, to the byte. */
export type ReceivedRequest = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export type FakeProvider = AsyncDisposable & {
  /** The base URL: everything before /chat/completions, /responses, /messages or /models. */
  readonly url: string
  readonly port: number
  bill(): BilledCall[]
  requests(): readonly ReceivedRequest[]
  /** How many connections were ever opened to it. */
  connections(): number
  /** How many bytes were written to connections that are still open. */
  bytesSent(): number
  /** Resolves when no call is running, so that the bill is final. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** An upstream for tests that speaks every dialect, each at its own path, misbehaves as told, and keeps a bill of its own. */
export async function startFakeProvider(options: FakeProviderOptions = {}): Promise<FakeProvider> {
  const bill = openBill(options.billFile ?? null)
  const requests: ReceivedRequest[] = []
  const running = new Set<Promise<void>>()
  const failures = new Map<string, number>()
  let connections = 0
  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
    const handled = handle(request, response).finally(() => running.delete(handled))
    running.add(handled)
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === null) return
    requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body })
    if (request.url?.endsWith('/models') === true) sendModels(response, Object.keys(options.scripts ?? {}))
    else await answer({ request, response, body })
  }

  async function answer(exchange: Exchange): Promise<void> {
    const { url = '' } = exchange.request
    try {
      const fields = await readFields(exchange.request, exchange.body)
      const spelling = spellingOf(url, fields)
      if (spelling === null) sendError(exchange.response, 404, openaiError(404, `There is no ${url} here.`))
      else await answerIn(spelling, fields, exchange)
    } catch (error) {
      sendError(exchange.response, 400, openaiError(400, `The request is wrong: ${String(error)}`))
    }
  }

  async function answerIn(spelling: Spelling, fields: Body, { request, response, body }: Exchange): Promise<void> {
    const call = randomUUID()
    try {
      const { tag, ...read } = readOrder(request, fields, { spelling, scripts: options.scripts ?? {} })
      const order = { ...read, script: recovering(read.script, read.asked.model) }
      const { script, asked } = order
      bill.accepted(call, {
        id: asked.id,
        tag,
        model: asked.model,
        at: new Date().toISOString(),
        sha256: createHash('sha256').update(body).digest('hex'),
        ifWhole: ifWhole(order),
      })
      let pieces = 0
      const gone = goneSignal(response)
      const isHealthy = await sendAnswer({ ...order, response, gone, onPiece: (count) => (pieces = count) })
      const isTaken = isHealthy && (await wasTaken(response))
      const outcome = isTaken ? 'whole' : outcomeOf(script, response)
      const { tokens, units } = charge(order, { outcome, pieces })
      bill.ended(call, { outcome, pieces, charged: tokens, units })
    } catch (error) {
      sendError(response, 400, spelling.errorBody(400, `The script is wrong: ${String(error)}`))
    }
  }

  /** A script whose model has failed as often as it was told to is one of health. */
  function recovering(script: Script, model: string): Script {
    if (script.failures === 0) return script
    const failed = failures.get(model) ?? 0
    failures.set(model, failed + 1)
    return failed < script.failures ? script : { ...script, status: 200 }
  }

  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    connections += 1
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
    await Promise.all(running)
    bill.close()
  }
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    bill: () => bill.calls(),
    requests: () => requests,
    connections: () => connections,
    bytesSent: () => [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    idle: async () => {
      while (running.size > 0) await Promise.all(running)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly body: Buffer }

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
  })
  return gone.signal
}

/** The whole body, or null when the caller went before it was whole. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  try {
    return Buffer.concat(await request.toArray())
  } catch {
    return null
  }
}

/** Whether the last byte was handed to the system before the caller hung up. */
function wasTaken(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (): void => {
      resolve(response.writableFinished)
    }
    if (response.writableFinished || response.destroyed) settle()
    else response.once('finish', settle).once('close', settle)
  })
}

function outcomeOf(script: Script, response: ServerResponse): BilledCall['outcome'] {
  const isOurFault = ['reset_headers', 'reset_stream', 'close_stream'].includes(script.fault)
  if (response.destroyed && !response.writableFinished && !isOurFault) return 'aborted'
  return script.status === 200 ? 'faulted' : 'refused'
}

type Ordered = { readonly spelling: Spelling; readonly script: Script }

function ifWhole({ spelling, script }: Ordered): Charged {
  return spelling.whole?.(script) ?? { tokens: wholeTokens(script), units: {} }
}

function charge(order: Ordered, end: { outcome: BilledCall['outcome']; pieces: number }): Charged {
  const { spelling, script } = order
  if (end.outcome === 'refused') return { tokens: NO_TOKENS, units: {} }
  const isFull = end.outcome === 'whole' || (end.outcome === 'aborted' && script.abortBills === 'full')
  // What a task charges is for what was asked, however much of the answer was taken.
  if (isFull || spelling.whole !== undefined) return ifWhole(order)
  return { tokens: producedTokens(script, end.pieces), units: {} }
}

function sendModels(response: ServerResponse, models: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const data = ['small', ...models].map((id) => ({ id, object: 'model', created: 1_716_000_000, owned_by: 'fake' }))
  response.end(JSON.stringify({ object: 'list', data }))
}

function sendError(response: ServerResponse, status: number, body: string): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(body)
}
