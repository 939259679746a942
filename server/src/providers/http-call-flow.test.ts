import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { answerWith, hear, rawServer } from '../../../tests/fake-provider/hear.ts'
import { startFakeProvider, type FakeProvider } from '../../../tests/fake-provider/start.ts'
import type { RunningCall } from './call-provider.ts'
import { httpCall } from './http-call.ts'
import { DECODED_BYTES_MAX } from './http/body-decoder.ts'

const call = httpCall()
const impatient = httpCall({ connectMsMax: 300, headersMsMax: 300, idleMsMax: 300 })
afterAll(() => Promise.all([call.close(), impatient.close()]))

describe('cancel', () => {
  it('before anything was sent means that nothing is sent', async () => {
    await using provider = await startFakeProvider()
    const heard = await hear(call, { url: provider.url, onStart: (running) => running.cancel() })
    expect(heard).toMatchObject({ status: 0, failure: { kind: 'cancelled' } })
    await hear(call, { url: provider.url })
    expect(provider.requests()).toHaveLength(1)
  })

  it('before the head closes the connection', async () => {
    await using provider = await startFakeProvider()
    const heard = await hear(call, {
      url: provider.url,
      model: 'm+hang_headers',
      onStart: whenReceived(provider, 'cancel'),
    })
    await provider.idle()
    expect(heard.failure?.kind).toBe('cancelled')
    expect(provider.bill()[0]).toMatchObject({ outcome: 'aborted', pieces: 0 })
  })

  it('in the middle of the body closes the connection and stops the bill there', async () => {
    await using provider = await startFakeProvider()
    const heard = await hear(call, {
      url: provider.url,
      model: 'm+hang_stream+faultAt=3',
      onData: (bytes, running) => {
        if (Buffer.from(bytes).includes('w2')) running.cancel()
        return true
      },
    })
    await provider.idle()
    expect(heard).toMatchObject({ status: 200, failure: { kind: 'cancelled' } })
    expect(provider.bill()[0]).toMatchObject({ outcome: 'aborted', charged: { output: 3 } })
  })

  it('twice, or after the end, changes nothing', async () => {
    await using provider = await startFakeProvider()
    let handle: RunningCall | undefined
    const whole = await hear(call, { url: provider.url, onStart: (running) => (handle = running) })
    handle?.cancel()
    handle?.resume()
    expect(whole.failure).toBeNull()
    const twice = await hear(call, {
      url: provider.url,
      onData: (_, running) => {
        running.cancel()
        running.cancel()
        return true
      },
    })
    expect(twice.failure?.kind).toBe('cancelled')
  })

  it('is what close does to every running call, and calls after it', async () => {
    await using provider = await startFakeProvider()
    const closing = httpCall()
    const running = hear(closing, {
      url: provider.url,
      model: 'm+hang_stream',
      onData: () => (void closing.close(), true),
    })
    expect((await running).failure?.kind).toBe('cancelled')
    expect((await hear(closing, { url: provider.url })).failure?.kind).toBe('cancelled')
  })
})

describe('backpressure', () => {
  it('pauses between any two pieces, and the bytes are the same', async () => {
    await using provider = await startFakeProvider()
    const model = 'm+ids=constant+split=bytes+text=unicode'
    const swift = await hear(call, { url: provider.url, model })
    const slow = await hear(call, { url: provider.url, model, onData: slowly(() => undefined) })
    expect(slow.body.equals(swift.body)).toBe(true)
  })

  it('reaches the provider: it can send little more than is read', async () => {
    const MEBIBYTE = 1024 * 1024
    const total = 64 * MEBIBYTE
    let sent = 0
    await using server = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n')
        writeUntil(socket, total, (bytes) => (sent += bytes))
      })
    })
    let received = 0
    let aheadMax = 0
    const heard = await hear(call, {
      url: `http://${server.url}`,
      onData: (bytes, running) => {
        received += bytes.length
        const isFirst = received === bytes.length
        if (!isFirst) return true
        // Time enough to send everything, if the provider could.
        void turns(3_000).then(() => {
          aheadMax = sent - received
          running.resume()
        })
        return false
      },
    })
    expect(heard).toMatchObject({ failure: null, body: { length: total } })
    // What lies between the two is what the system's socket buffers and one read of ours can hold.
    expect(aheadMax).toBeLessThan(16 * MEBIBYTE)
  })

  it('holds for a compressed body, however much it grows', async () => {
    const grown = Buffer.alloc(16 * 1024 * 1024, 'x')
    await using server = await rawServer(
      answerWith('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n', gzipSync(grown)),
    )
    const heard = await hear(call, { url: `http://${server.url}`, onData: slowly(() => undefined) })
    expect(heard.failure).toBeNull()
    expect(heard.body.equals(grown)).toBe(true)
  })

  it.each(['content-length: 9', 'transfer-encoding: chunked', 'x-framing: none'])(
    'outlasts the connection: %s, all sent and closed before it is read',
    async (framing) => {
      const body = framing.includes('chunked') ? '3\r\none\r\n3\r\ntwo\r\n3\r\nsix\r\n0\r\n\r\n' : 'onetwosix'
      await using server = await rawServer(
        answerWith(`HTTP/1.1 200 OK\r\nconnection: close\r\n${framing}\r\n\r\n${body}`),
      )
      const heard = await hear(call, {
        url: `http://${server.url}`,
        onData: (_, running) => {
          setTimeout(() => running.resume(), 20)
          return false
        },
      })
      expect([heard.failure, heard.body.toString()]).toEqual([null, 'onetwosix'])
    },
  )

  it('is not silence, however long it lasts', async () => {
    await using provider = await startFakeProvider()
    let waits = 0
    const heard = await hear(impatient, {
      url: provider.url,
      onData: (_, running) => {
        // Three times the silence that is allowed, on a timer of the caller.
        if (waits++ === 0) setTimeout(() => running.resume(), 900)
        return waits > 1
      },
    })
    expect(heard.failure).toBeNull()
  })
})

describe('an encoding that was not asked for', () => {
  it.each(['gzip', 'deflate', 'br'])('%s is undone, and its headers are gone', async (encoding) => {
    await using provider = await startFakeProvider()
    const plain = await hear(call, { url: provider.url, model: 'm+ids=constant+text=unicode' })
    const decoded = await hear(call, {
      url: provider.url,
      model: `m+ids=constant+text=unicode+encoding=${encoding}+split=bytes`,
    })
    expect(decoded.failure).toBeNull()
    expect(decoded.headers).not.toHaveProperty('content-encoding')
    expect(decoded.body.toString().replaceAll(/"model":"[^"]*"/g, '')).toBe(
      plain.body.toString().replaceAll(/"model":"[^"]*"/g, ''),
    )
  })

  it('does not hold back what has been said so far', async () => {
    await using provider = await startFakeProvider()
    const heard = await hear(impatient, { url: provider.url, model: 'm+encoding=gzip+hang_stream' })
    expect(heard.failure?.kind).toBe('idle_timeout')
    expect(heard.body.toString()).toContain('w1')
  })

  it('that is unknown is a bad_answer before any head', async () => {
    await using provider = await startFakeProvider()
    const heard = await hear(call, { url: provider.url, model: 'm+encoding=zstd' })
    expect(heard).toMatchObject({ status: 0, failure: { kind: 'bad_answer' } })
  })

  it.each([
    ['is garbage', Buffer.from('this is not gzip at all')],
    ['ends too early', gzipSync('a long enough text to be cut in the middle of it').subarray(0, 20)],
    ['grows beyond all bounds', gzipSync(Buffer.alloc(DECODED_BYTES_MAX + 1))],
  ])('and %s is a bad_answer', async (_, body) => {
    await using server = await rawServer((socket) => {
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`)
        socket.write(body)
      })
    })
    const heard = await hear(call, { url: `http://${server.url}` })
    expect(heard.failure?.kind).toBe('bad_answer')
    expect(heard.body.length).toBeLessThanOrEqual(DECODED_BYTES_MAX)
  })

  it('can be cancelled', async () => {
    await using provider = await startFakeProvider()
    const heard = await hear(call, {
      url: provider.url,
      model: 'm+encoding=br+hang_stream',
      onData: (_, running) => {
        running.cancel()
        return true
      },
    })
    await provider.idle()
    expect(heard.failure?.kind).toBe('cancelled')
    expect(provider.bill()[0]?.outcome).toBe('aborted')
  })
})

/** Does something to a call as soon as the provider has received it. */
function whenReceived(provider: FakeProvider, what: keyof RunningCall): (running: RunningCall) => void {
  return (running) => {
    const look = (): void => {
      if (provider.requests().length > 0) running[what]()
      else setImmediate(look)
    }
    look()
  }
}

/** A sink that makes the call wait after each piece, and fails when it does not. */
function slowly(look: (bytes: Uint8Array) => void): (bytes: Uint8Array, running: RunningCall) => boolean {
  let isPaused = false
  return (bytes, running) => {
    if (isPaused) throw new Error('data came while the call was paused')
    look(bytes)
    isPaused = true
    setImmediate(() => {
      isPaused = false
      running.resume()
    })
    return false
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}

/** Sends that many bytes as fast as they are taken, then closes the connection. */
function writeUntil(socket: Socket, total: number, onSent: (bytes: number) => void): void {
  const piece = Buffer.alloc(64 * 1024, 'x')
  let left = total
  const writeMore = (): void => {
    while (left > 0) {
      left -= piece.length
      onSent(piece.length)
      if (!socket.write(piece)) {
        socket.once('drain', writeMore)
        return
      }
    }
    socket.end()
  }
  writeMore()
}
