import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { CallFailure, CallLimits, CallProvider, RunningCall } from '../../server/src/providers/call-provider.ts'

/** What was heard of a call. `status` 0: no head came. */
export type Heard = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly failure: CallFailure | null
}
export type Asking = {
  readonly url: string
  readonly model?: string
  readonly body?: Buffer
  readonly headers?: Record<string, string>
  readonly limits?: CallLimits
  /** Called with each piece; what it returns is what the sink returns. */
  readonly onData?: (bytes: Uint8Array, running: RunningCall) => boolean
  /** Called once the call is under way. */
  readonly onStart?: (running: RunningCall) => void
}

/** Makes a call and hears it to its end. Fails when the order that a sink is promised is broken. */
export function hear(by: CallProvider, asking: Asking): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = []
    const heard = { status: 0, headers: {} as Readonly<Record<string, string>>, isOver: false, isInside: true }
    const check = (isInOrder: boolean, what: string): void => {
      if (!isInOrder || heard.isOver || heard.isInside) reject(new Error(`${what} came when it must not`))
    }
    const end = (what: string, failure: CallFailure | null): void => {
      check(true, what)
      heard.isOver = true
      // One more turn of the loop, so that anything that still comes after the end is noticed.
      setImmediate(() => {
        resolve({ ...heard, body: Buffer.concat(parts), failure })
      })
    }
    const body =
      asking.body ?? Buffer.from(JSON.stringify({ model: asking.model ?? 'small', stream: true, messages: [] }))
    const running = by(
      { url: `${asking.url}/chat/completions`, headers: { ...asking.headers }, body, limits: asking.limits },
      {
        onHead: (status, headers) => {
          check(heard.status === 0, 'a head')
          Object.assign(heard, { status, headers })
        },
        onData: (bytes) => {
          check(heard.status > 0, 'data')
          parts.push(Uint8Array.from(bytes))
          return asking.onData?.(bytes, running) ?? true
        },
        onEnd: () => {
          check(heard.status > 0, 'the end')
          end('the end', null)
        },
        onFailure: (failure) => {
          end('a failure', failure)
        },
      },
    )
    asking.onStart?.(running)
    heard.isInside = false
  })
}

/** A server that does with each connection what it is told. */
export async function rawServer(onConnection: (socket: Socket) => void): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What a `rawServer` does to say the same to everybody, and hang up. */
export function answerWith(head: string, body: Buffer = Buffer.alloc(0)): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.write(head)
      socket.end(body)
    })
  }
}
