import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { CERTIFICATE, CERTIFICATE_KEY } from '../../../tests/fake-provider/certificate.ts'
import { answerWith, hear, rawServer } from '../../../tests/fake-provider/hear.ts'
import { startFakeProvider } from '../../../tests/fake-provider/start.ts'
import { httpCall } from './http-call.ts'

const call = httpCall()
const impatient = httpCall({ connectMsMax: 300, headersMsMax: 300, idleMsMax: 300 })
afterAll(() => Promise.all([call.close(), impatient.close()]))

describe('an answer', () => {
  it('comes with lower-case headers and exactly the bytes that were sent', async () => {
    await using provider = await startFakeProvider()
    const heard = await hear(call, { url: provider.url, model: 'm+text=unicode' })
    expect(heard).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
      failure: null,
    })
    expect(heard.body.toString()).toMatch(/^data: \{.*"content":"你好4👩‍🚀é ".*data: \[DONE\]\n\n$/s)
  })

  it('is asked for with exactly the body and headers given, and no encoding', async () => {
    await using provider = await startFakeProvider()
    const body = Buffer.from('{ "model":"small", "seed":9007199254740993, "messages":[] }')
    await hear(call, {
      url: provider.url,
      body,
      headers: { authorization: 'Bearer k', 'Content-Type': 'application/json' },
    })
    const received = provider.requests()[0]
    expect(received?.body.equals(body)).toBe(true)
    expect(received).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer k', 'content-type': 'application/json', 'accept-encoding': 'identity' },
    })
  })

  it('of an error status is an answer like any other', async () => {
    await using provider = await startFakeProvider({ scripts: { m: { retryAfter: '7' } } })
    const heard = await hear(call, { url: provider.url, model: 'm+429' })
    expect(heard).toMatchObject({ status: 429, headers: { 'retry-after': '7' }, failure: null })
    expect(JSON.parse(heard.body.toString())).toHaveProperty('error.code', 'rate_limit_exceeded')
  })

  it('keeps repeated headers and passes over an interim answer', async () => {
    await using server = await rawServer(
      answerWith(
        'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: 2\r\n\r\nok',
      ),
    )
    const heard = await hear(call, { url: `http://${server.url}` })
    expect(heard).toMatchObject({ status: 200, headers: { 'x-a': '1, 2' }, failure: null })
    expect(heard.body.toString()).toBe('ok')
  })

  it('reuses its connection for the next call, and calls at the same time have their own', async () => {
    await using provider = await startFakeProvider()
    for (let round = 0; round < 5; round++) {
      await hear(call, { url: provider.url })
      await nextTurn()
    }
    expect(provider.connections()).toBe(1)
    await Promise.all(Array.from({ length: 4 }, () => hear(call, { url: provider.url, model: 'm+firstDelayMs=20' })))
    expect(provider.connections()).toBe(4)
  })
})

describe('a failure', () => {
  it.each([
    ['reset_headers', 'reset', 0],
    ['reset_stream', 'reset', 200],
    ['close_stream', 'reset', 200],
    ['hang_headers', 'headers_timeout', 0],
    ['hang_stream', 'idle_timeout', 200],
  ])('of %s is a %s', async (fault, kind, status) => {
    await using provider = await startFakeProvider()
    const heard = await hear(impatient, { url: provider.url, model: `m+${fault}` })
    expect(heard).toMatchObject({ status, failure: { kind } })
    expect(heard.failure?.message).toContain(new URL(provider.url).origin)
  })

  it('is not made by a slow stream that keeps talking, not even in comments', async () => {
    await using provider = await startFakeProvider()
    const slow = await hear(impatient, { url: provider.url, model: 'm+chunks=8+chunkDelayMs=60' })
    expect(slow.failure).toBeNull()
    let comments = 0
    const chatty = await hear(impatient, {
      url: provider.url,
      model: 'm+keepalive_only',
      onData: (_, running) => {
        if (++comments === 50) running.cancel()
        return true
      },
    })
    expect(chatty.failure?.kind).toBe('cancelled')
  })

  it('is later, or never, for a call with limits of its own', async () => {
    await using provider = await startFakeProvider()
    const limits = { headersMsMax: 5_000, idleMsMax: 5_000 }
    const heard = await hear(impatient, {
      url: provider.url,
      model: 'm+firstDelayMs=450+chunks=1+chunkDelayMs=450',
      limits,
    })
    expect(heard.failure).toBeNull()
  })

  it('of a connection that is never ready is a connect_timeout', async () => {
    // TLS to a server that takes the connection and says nothing: the connection is never ready to be written on.
    await using silent = await rawServer(() => undefined)
    const heard = await hear(impatient, { url: `https://${silent.url}` })
    expect(heard.failure?.kind).toBe('connect_timeout')
  })

  it.each(['http://127.0.0.1:1', 'http://no-such-host.invalid', 'https://PLAIN'])(
    'of %s is unreachable',
    async (origin) => {
      await using plain = await rawServer(answerWith('HTTP/1.1 400 Bad Request\r\n\r\n'))
      const heard = await hear(call, { url: origin.replace('PLAIN', plain.url) })
      expect(heard.failure?.kind).toBe('unreachable')
    },
  )

  it.each([
    ['nothing of HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a broken chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
  ])('of %s is a bad_answer', async (_, bytes) => {
    await using server = await rawServer(answerWith(bytes))
    const heard = await hear(call, { url: `http://${server.url}` })
    expect(heard.failure?.kind).toBe('bad_answer')
  })

  it.each([
    ['inside a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab'],
    ['before the promised length', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab'],
    ['inside the head', 'HTTP/1.1 200 OK\r\ncontent-le'],
  ])('of an end %s is a reset', async (_, bytes) => {
    await using server = await rawServer(answerWith(bytes))
    const heard = await hear(call, { url: `http://${server.url}` })
    expect(heard.failure?.kind).toBe('reset')
  })

  it.each([301, 302, 303, 307, 308])(
    'of redirect %i is a bad_answer, and nothing is sent to where it points',
    async (status) => {
      await using thief = await startFakeProvider()
      await using provider = await startFakeProvider({ scripts: { m: { location: `${thief.url}/chat/completions` } } })
      const heard = await hear(call, {
        url: provider.url,
        model: `m+${status}`,
        headers: { authorization: 'Bearer secret' },
      })
      expect(heard).toMatchObject({ status: 0, failure: { kind: 'bad_answer' } })
      expect(heard.failure?.message).toContain(new URL(thief.url).origin)
      expect(heard.failure?.message).not.toContain('secret')
      expect([thief.connections(), thief.requests().length]).toEqual([0, 0])
    },
  )
})

describe('a kept connection', () => {
  it.each([
    ['closed', (socket: Socket) => socket.end()],
    ['spoken on', (socket: Socket) => socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n')],
  ])('that the provider has %s is not used again', async (_, leave) => {
    const sockets: Socket[] = []
    await using server = await rawServer((socket) => {
      sockets.push(socket)
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
    })
    for (let round = 1; round <= 3; round++) {
      const heard = await hear(call, { url: `http://${server.url}` })
      expect(heard).toMatchObject({ status: 200, failure: null })
      expect(sockets).toHaveLength(round)
      for (const socket of sockets.slice(-1)) leave(socket)
      // What the provider does travels through the system; each turn of the loop gives it a chance to arrive.
      for (let turn = 0; turn < 20; turn++) await nextTurn()
    }
  })

  it('flows again for the next call when the last one was paused', async () => {
    await using provider = await startFakeProvider()
    await hear(call, {
      url: provider.url,
      onData: (_, running) => {
        setImmediate(() => running.resume())
        return false
      },
    })
    const next = await hear(call, { url: provider.url })
    expect([next.failure, provider.connections()]).toEqual([null, 1])
  })
})

describe('headers that cannot be sent', () => {
  it.each([{ authorization: 'Bearer k\r\nx-evil: 1' }, { authorization: 'Bearer 钥匙' }, { 'bad name': 'x' }])(
    '%o fail the call before anything is sent',
    async (headers) => {
      await using provider = await startFakeProvider()
      const heard = await hear(call, { url: provider.url, headers })
      expect(heard.failure?.kind).toBe('unreachable')
      expect(heard.failure?.message).not.toContain('Bearer')
      expect(provider.requests()).toEqual([])
    },
  )

  it('that are ours to decide are left out', async () => {
    await using provider = await startFakeProvider()
    const headers = { Host: 'elsewhere', 'Content-Length': '1', 'Accept-Encoding': 'gzip', Connection: 'close' }
    const heard = await hear(call, { url: provider.url, headers })
    expect(heard).toMatchObject({ status: 200, failure: null })
    const received = provider.requests()[0]?.headers
    expect(received).toMatchObject({ host: new URL(provider.url).host, 'accept-encoding': 'identity' })
    expect(received).not.toHaveProperty('connection')
  })
})

describe('TLS', () => {
  it('is spoken with the name of the host, a session is used again, and a certificate for another name is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
    onTestFinished(() => {
      rmSync(folder, { recursive: true })
    })
    const file = join(folder, 'certificate.pem')
    writeFileSync(file, CERTIFICATE)
    const program = join(import.meta.dirname, '../../../tests/fake-provider/tls-check.ts')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=paddock-source', '--import', 'tsx', program],
      {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
      },
    )
    expect(JSON.parse(stdout)).toEqual([
      { servername: 'localhost', isReused: false },
      { servername: 'localhost', isReused: true },
      'unreachable',
    ])
  })

  it('with a certificate that nobody vouches for is refused', async () => {
    const server = createServer({ key: CERTIFICATE_KEY, cert: CERTIFICATE }).listen(0)
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const heard = await hear(call, { url: `https://localhost:${(server.address() as AddressInfo).port}` })
    expect(heard.failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('SELF_SIGNED') })
  })
})
