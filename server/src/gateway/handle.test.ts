import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { callerOf } from '../../../tests/stand-ins/caller.ts'
import { systemClock } from '../base/clock.ts'
import { startHttpServer } from '../base/http.ts'
import { openLog } from '../base/log.ts'
import type { Books } from '../books/books.ts'
import { readCharging } from '../books/charge.ts'
import type { Entry } from '../books/entry.ts'
import type { Directory } from '../callers/directory.ts'
import { mintKey } from '../callers/key.ts'
import { openPriceBook } from '../prices/book.ts'
import type { CallProvider } from '../providers/call-provider.ts'
import { practice } from '../providers/practice/practice.ts'
import { BoundedReasoningMemory } from '../dialects/reasoning-memory.ts'
import { openLimits } from '../limits/limits.ts'
import { MemoryCounters } from '../limits/memory-counters.ts'
import { readLimitRules } from '../limits/rules.ts'
import { openRouter } from '../routing/router.ts'
import { buildRoutingTable } from '../routing/table.ts'
import { openDeadlines } from './deadlines.ts'
import { serveGateway } from './endpoints.ts'

/** The order of the path, with books that are as slow as the test wants. */

type Gate = { readonly passed: Promise<void>; open(): void }

function gate(): Gate {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return {
    passed,
    open: () => {
      open()
    },
  }
}

const ANSWER =
  '{"id":"a","model":"m","choices":[{"index":0,"message":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}'
const CHUNK =
  '{"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}'

async function openGateway(): Promise<{
  readonly url: string
  readonly intend: Gate
  readonly settle: Gate
  readonly settled: Entry[]
  readonly calls: string[]
  ask(stream: boolean): Promise<IncomingMessage>
  [Symbol.asyncDispose](): Promise<void>
}> {
  const [intend, settle] = [gate(), gate()]
  const settled: Entry[] = []
  const calls: string[] = []
  const key = mintKey()
  const call: CallProvider = ({ body }, sink) => {
    calls.push(Buffer.from(body).toString())
    const stream = calls.at(-1)?.includes('"stream":true') === true
    queueMicrotask(() => {
      sink.onHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
      sink.onData(Buffer.from(stream ? `data: ${CHUNK}\n\ndata: [DONE]\n\n` : ANSWER))
      sink.onEnd()
    })
    return { resume: () => undefined, cancel: () => undefined }
  }
  const books: Partial<Books> = {
    intend: () => intend.passed,
    attempt: () => undefined,
    settle: async (entry) => {
      settled.push(entry)
      await settle.passed
    },
  }
  const directory: Partial<Directory> = {
    lookup: () => Promise.resolve(callerOf()),
  }
  const deadlines = openDeadlines(systemClock)
  const provider = {
    facts: practice,
    bookName: 'lab',
    apiKey: null,
    call,
    models: ['small'],
    open: false,
    modelFacts: new Map(),
    foundIn: 'a test',
  }
  const routing = buildRoutingTable({ providers: [provider], routes: [], known: [] })
  const prices = openPriceBook({ folder: 'pricebook', billingCurrency: () => null })
  const limitRules = readLimitRules()
  const handle = serveGateway({
    clock: systemClock,
    log: openLog('silent'),
    directory: directory as Directory,
    routing: () => routing,
    prices: () => prices,
    charging: () => readCharging([], (request) => prices.quote(request)),
    bounds: () => ({ bodyBytesMax: 1_000_000, choicesMax: 8, outputTokensMax: 1_000 }),
    router: openRouter({ clock: systemClock, random: () => 0.5, priceOf: () => null }),
    limits: openLimits({ clock: systemClock, counters: new MemoryCounters(systemClock), rules: () => limitRules }),
    memory: new BoundedReasoningMemory(systemClock),
    books: books as Books,
    deadlines,
    accepting: () => true,
    observe: { refused: () => undefined, settled: () => undefined },
  })
  const { server, port } = await startHttpServer({ host: '127.0.0.1', port: 0, handle })
  const url = `http://127.0.0.1:${port}/v1/chat/completions`
  return {
    url,
    intend,
    settle,
    settled,
    calls,
    ask: async (stream) => {
      const sent = request(url, { method: 'POST', headers: { 'x-api-key': key, 'content-type': 'application/json' } })
      sent.end(JSON.stringify({ model: 'practice/small', stream, messages: [{ role: 'user', content: 'x' }] }))
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return response
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        deadlines.close()
        server.closeAllConnections()
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** Lets everything that can happen without the gates happen: many turns of the event loop, sockets included. */
async function settleDown(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('the path of a request', () => {
  it('[G2] calls no provider before the intent is durable', async () => {
    await using gateway = await openGateway()
    const answer = gateway.ask(false)
    await settleDown()
    expect(gateway.calls).toEqual([])
    gateway.intend.open()
    gateway.settle.open()
    expect((await answer).statusCode).toBe(200)
    expect(gateway.calls).toHaveLength(1)
  })

  it('[G3] sends no byte of a whole answer before its entry is durable', async () => {
    await using gateway = await openGateway()
    gateway.intend.open()
    let answered = false
    const answer = gateway.ask(false).then((response) => {
      answered = true
      return response
    })
    await settleDown()
    expect(gateway.settled).toHaveLength(1)
    expect(answered).toBe(false)
    gateway.settle.open()
    const response = await answer
    let text = ''
    for await (const part of response) text += String(part)
    expect(text).toBe(ANSWER)
  })

  it('[G3] sends no end mark of a stream before its entry is durable', async () => {
    await using gateway = await openGateway()
    gateway.intend.open()
    const response = await gateway.ask(true)
    let text = ''
    response.on('data', (part: Buffer) => (text += part.toString()))
    await settleDown()
    expect(gateway.settled).toHaveLength(1)
    expect(text).toContain('"content":"hi"')
    expect(text).not.toContain('[DONE]')
    gateway.settle.open()
    await once(response, 'end')
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })
})
