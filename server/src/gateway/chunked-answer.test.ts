import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ChunkedAnswer } from './chunked-answer.ts'

const HEAD = ['content-type', 'text/event-stream']
const EVENTS = ['one', 'two', '中文', 'x'.repeat(300)].map((text) => Buffer.from(`data: ${text}\n\n`))
const BODY = Buffer.concat(EVENTS)

type Handle = (response: ServerResponse, request: IncomingMessage) => void

/** A server that answers like this, and a caller's connection to it. */
async function open(handle: Handle): Promise<{ caller: Socket; server: Server } & AsyncDisposable> {
  const server = createServer((request, response) => {
    handle(response, request)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const caller = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(caller, 'connect')
  const close = async (): Promise<void> => {
    caller.destroy()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { caller, server, [Symbol.asyncDispose]: close }
}

const ask = (path: string, version = '1.1', more = ''): string =>
  `GET ${path} HTTP/${version}\r\nhost: x\r\n${more}\r\n`

/** All that comes until the connection closes, or until `done` says that it is enough. */
async function receive(caller: Socket, done: (text: string) => boolean = () => false): Promise<string> {
  let text = ''
  for await (const part of caller.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += part.toString('latin1')
    if (done(text)) break
  }
  return text
}

/** Taken apart strictly: the sizes of the chunks and what they hold, joined; throws where a frame is wrong. */
function unframe(text: string): { sizes: number[]; body: Buffer; rest: string } {
  const sizes: number[] = []
  let [body, rest] = ['', text]
  for (;;) {
    const [line, size] = /^([\da-f]+)\r\n/.exec(rest) ?? []
    if (line === undefined || size === undefined) throw new Error(`no chunk: ${rest.slice(0, 40)}`)
    const length = Number.parseInt(size, 16)
    const from = line.length + length
    if (rest.slice(from, from + 2) !== '\r\n') throw new Error(`no end of a chunk: ${rest.slice(0, 40)}`)
    body += rest.slice(line.length, from)
    rest = rest.slice(from + 2)
    if (length === 0) return { sizes, body: Buffer.from(body, 'latin1'), rest }
    sizes.push(length)
  }
}

const behindHead = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4)
const isOver = (text: string): boolean => text.endsWith('\r\n0\r\n\r\n')

function send(answer: ChunkedAnswer, parts: readonly Buffer[]): boolean {
  for (const part of parts) answer.add(part)
  return answer.send()
}

/** Each event in a turn of its own, as a provider sends them. */
function tell(response: ServerResponse, end?: Buffer): void {
  response.writeHead(200, HEAD)
  const answer = new ChunkedAnswer(response)
  const rest = [...EVENTS]
  const next = (): void => {
    const event = rest.shift()
    if (event) {
      send(answer, [event])
      setImmediate(next)
    } else response.end(end)
  }
  next()
}

describe('a piece', () => {
  it('is a chunk, of several parts too, and the connection carries the next answer', async () => {
    await using lab = await open((response) => {
      response.writeHead(200, HEAD)
      const answer = new ChunkedAnswer(response)
      send(answer, EVENTS.slice(0, 1))
      send(answer, [EVENTS[1] as Buffer, Buffer.alloc(0), EVENTS[2] as Buffer])
      setImmediate(() => {
        send(answer, EVENTS.slice(3))
        response.end(Buffer.from('end'))
      })
    })
    for (const path of ['/1', '/2']) {
      lab.caller.write(ask(path))
      const text = await receive(lab.caller, isOver)
      const { sizes, body, rest } = unframe(behindHead(text))
      expect([body.toString(), rest]).toEqual([`${BODY.toString()}end`, ''])
      expect(sizes).toEqual([11, 11 + 14, 308, 3])
      expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1)
    }
  })

  it('is copied: its bytes may change at once', async () => {
    await using lab = await open((response) => {
      response.writeHead(200, HEAD)
      const answer = new ChunkedAnswer(response)
      const place = Buffer.alloc(5)
      for (const text of ['first', 'other', 'third']) {
        place.write(text)
        send(answer, [place])
      }
      response.end()
    })
    lab.caller.write(ask('/'))
    expect(unframe(behindHead(await receive(lab.caller, isOver))).body.toString()).toBe('firstotherthird')
  })

  it('waits for the answers to earlier requests on its connection, and the order is theirs', async () => {
    const waiting: (() => void)[] = []
    await using lab = await open((response, { url }) => {
      if (url === '/last') setImmediate(() => waiting.splice(0).forEach((go) => go()))
      // The first one begins when the others are done, as far as they can be.
      if (url === '/1') waiting.push(() => tell(response, Buffer.from('/1')))
      else tell(response, Buffer.from(url ?? ''))
    })
    lab.caller.write(ask('/1') + ask('/2') + ask('/last', '1.1', 'connection: close\r\n'))
    let rest = await receive(lab.caller)
    for (const path of ['/1', '/2', '/last']) {
      expect(rest).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      const read = unframe(behindHead(rest))
      expect(read.body.toString()).toBe(BODY.toString() + path)
      rest = read.rest
    }
    expect(rest).toBe('')
  })

  it('has no frame for a caller of HTTP/1.0', async () => {
    await using lab = await open((response) => tell(response, Buffer.from('end')))
    lab.caller.write(ask('/', '1.0'))
    const text = await receive(lab.caller)
    expect(text).not.toMatch(/transfer-encoding/i)
    expect(behindHead(text)).toBe(Buffer.concat([BODY, Buffer.from('end')]).toString('latin1'))
  })
})

describe('a caller', () => {
  const PIECE = 10_000
  const PIECES = 2_000

  it('that reads slowly makes the sender wait, and gets all of it in order', async () => {
    const most = { held: 0, waits: 0 }
    await using lab = await open((response) => {
      response.writeHead(200, HEAD)
      const answer = new ChunkedAnswer(response)
      let number = 0
      const goOn = (): void => {
        while (number < PIECES) {
          const goesOn = send(answer, [Buffer.alloc(PIECE, String(number++).padStart(5, '0'))])
          most.held = Math.max(most.held, response.writableLength)
          if (goesOn) continue
          most.waits += 1
          answer.onceDrained(goOn)
          return
        }
        response.end()
      }
      goOn()
    })
    lab.caller.write(ask('/', '1.1', 'connection: close\r\n'))
    const { body } = unframe(behindHead(await receive(lab.caller)))
    const expected = Buffer.concat(
      Array.from({ length: PIECES }, (_, number) => Buffer.alloc(PIECE, String(number).padStart(5, '0'))),
    )
    expect(body.equals(expected)).toBe(true)
    expect(most.waits).toBeGreaterThan(0)
    // What may wait, and the piece that makes it too much.
    expect(most.held).toBeLessThan(200_000)
  })

  it('gets nothing of what was added for another and never sent', async () => {
    await using lab = await open((response) => {
      response.writeHead(200, HEAD)
      const [broken, answer] = [new ChunkedAnswer(new ServerResponse(response.req)), new ChunkedAnswer(response)]
      broken.add(Buffer.from('of another'))
      expect(answer.isEmpty).toBe(true)
      send(answer, [Buffer.from('its own')])
      response.end()
    })
    lab.caller.write(ask('/', '1.1', 'connection: close\r\n'))
    expect(unframe(behindHead(await receive(lab.caller))).body.toString()).toBe('its own')
  })

  it('that stops reading keeps what was sent to it, whatever is sent to others meanwhile', async () => {
    const answers: { answer: ChunkedAnswer; response: ServerResponse }[] = []
    let sent = 0
    const tellBoth = (): void => {
      const [slow, quick] = answers
      while (slow && send(slow.answer, [Buffer.alloc(PIECE, String(sent++).padStart(5, '0'))]));
      for (let count = 0; quick && count < 100; count += 1) send(quick.answer, [Buffer.alloc(PIECE, '!')])
      for (const { response } of answers) response.end()
    }
    await using lab = await open((response) => {
      response.writeHead(200, HEAD)
      const answer = new ChunkedAnswer(response)
      send(answer, [Buffer.from('begun')])
      if (answers.push({ answer, response }) === 2) setImmediate(tellBoth)
    })
    const { port } = lab.server.address() as AddressInfo
    lab.caller.write(ask('/', '1.1', 'connection: close\r\n'))
    await once(lab.caller, 'readable')
    const other = connect(port, '127.0.0.1')
    other.write(ask('/', '1.1', 'connection: close\r\n'))
    const [toOther, toSlow] = [await receive(other), await receive(lab.caller)]
    const pieces = Array.from({ length: sent }, (_, number) => Buffer.alloc(PIECE, String(number).padStart(5, '0')))
    expect(unframe(behindHead(toOther)).body.toString()).toBe(`begun${'!'.repeat(100 * PIECE)}`)
    expect(unframe(behindHead(toSlow)).body.equals(Buffer.concat([Buffer.from('begun'), ...pieces]))).toBe(true)
  })

  it.each(['destroy', 'end'] as const)('that hangs up in the middle (%s) harms nobody', async (leave) => {
    let tellClosed: (isWhole: boolean) => void = () => undefined
    const closed = new Promise<boolean>((resolve) => (tellClosed = resolve))
    await using lab = await open((response, { url }) => {
      if (url === '/next') return tell(response)
      response.writeHead(200, HEAD)
      response.on('error', () => undefined)
      const answer = new ChunkedAnswer(response)
      const next = (): void => {
        send(answer, EVENTS)
        if (!response.closed) setImmediate(next)
      }
      response.once('close', () => {
        send(answer, EVENTS)
        tellClosed(response.writableFinished)
      })
      next()
    })
    lab.caller.write(ask('/'))
    await receive(lab.caller, (text) => text.length > 2_000)
    lab.caller[leave]()
    lab.caller.resume()
    expect(await closed).toBe(false)
    const { port } = lab.server.address() as AddressInfo
    const other = connect(port, '127.0.0.1')
    other.write(ask('/next', '1.1', 'connection: close\r\n'))
    expect(unframe(behindHead(await receive(other))).body.equals(BODY)).toBe(true)
  })
})
