import { isIP, connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** What a connection tells the exchange it carries. After `onGone` and `cancel` it carries nothing any more. */
export type Carried = {
  /** The connection can be written on. */
  onReady(): void
  /** The bytes may be changed, and are overwritten once this returns. */
  onBytes(bytes: Buffer): void
  /** The connection was closed, by the other side if there is no error. */
  onGone(error: Error | null): void
  /** Nothing came, and nothing went, for as long as `limitSilence` allows. */
  onSilence(): void
  /** The connection is wanted back, whatever the exchange was doing. */
  cancel(): void
}

/** What the pool learns about a connection. */
export type ConnectionOwner = {
  readonly onFree: (connection: Connection) => void
  readonly onClosed: (connection: Connection) => void
  /** A TLS session that lets the next connection to this origin begin with less talk. */
  readonly onSession: (session: Buffer) => void
}

/** Long answers are silent for minutes, and something on the way may forget a connection on which nothing moves. */
const PROBE_AFTER_MS = 60_000
/** Python servers (vLLM for one) close an idle connection after five seconds and do not say so: leave before they do. */
const IDLE_MS_MAX = 4_000

/** Copying so much beside the head costs less than handing the system two pieces. */
const JOINED_BYTES_MAX = 16_384

/** A TCP or TLS connection to an origin. It carries one exchange after another; between two of them it belongs to the pool. */
export class Connection {
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  #carried: Carried | null = null
  #isReady = false

  constructor(origin: URL, owner: ConnectionOwner & { session: Buffer | undefined }) {
    this.#owner = owner
    this.#socket = connect(origin, owner, (length) => {
      this.#take(length)
    })
    this.#socket
      .on(origin.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        this.#isReady = true
        this.#carried?.onReady()
      })
      .on('end', () => {
        this.#gone(null)
        this.destroy()
      })
      .on('error', (error) => {
        this.#gone(error)
      })
      .on('close', () => {
        this.#gone(null)
        owner.onClosed(this)
      })
      .on('timeout', () => {
        if (this.#carried === null) this.destroy()
        else this.#carried.onSilence()
      })
  }

  /** Takes an exchange on. It hears `onReady` at once when the connection stands already. */
  carry(exchange: Carried): void {
    this.#carried = exchange
    this.#socket.ref()
    if (this.#isReady) exchange.onReady()
  }

  /** Writes a request whole, so that head and body leave in one packet where they fit. */
  write(head: string, body: Uint8Array): void {
    if (body.length <= JOINED_BYTES_MAX) {
      const bytes = Buffer.allocUnsafe(head.length + body.length)
      bytes.write(head, 'latin1')
      bytes.set(body, head.length)
      this.#socket.write(bytes)
      return
    }
    this.#socket.cork()
    this.#socket.write(head, 'latin1')
    this.#socket.write(body)
    this.#socket.uncork()
  }

  /** Whether it has been established. */
  get isReady(): boolean {
    return this.#isReady
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /** Whether everything written has been handed to the system. */
  get isDrained(): boolean {
    return this.#socket.writableLength === 0
  }

  limitSilence(ms: number): void {
    this.#socket.setTimeout(ms)
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Gives the connection back for the next exchange. */
  free(): void {
    this.#carried = null
    this.#socket.setTimeout(IDLE_MS_MAX)
    this.#socket.resume()
    this.#socket.unref()
    this.#owner.onFree(this)
  }

  /** Ends the connection and, with it, the exchange it carries. */
  close(): Promise<void> {
    this.#carried?.cancel()
    this.destroy()
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve()
      else this.#socket.once('close', resolve)
    })
  }

  destroy(): void {
    this.#carried = null
    this.#socket.destroy()
  }

  #take(length: number): void {
    if (this.#carried === null) this.destroy()
    else this.#carried.onBytes(RECEIVED.subarray(0, length))
  }

  #gone(error: Error | null): void {
    const carried = this.#carried
    this.#carried = null
    carried?.onGone(error)
  }
}

/**
 * Where every connection receives. A piece is read through before the next one comes, on whichever connection, so one
 * place is enough for all, and nothing is allotted for each.
 */
const RECEIVED = Buffer.allocUnsafeSlow(65_536)

function connect(
  origin: URL,
  { session, onSession }: { session: Buffer | undefined } & ConnectionOwner,
  onReceived: (length: number) => void,
): Socket {
  const isSecure = origin.protocol === 'https:'
  const host = origin.hostname.replace(/^\[(.*)\]$/, '$1')
  const where = {
    host,
    port: Number(origin.port === '' ? (isSecure ? 443 : 80) : origin.port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    onread: {
      buffer: RECEIVED,
      callback: (length: number) => {
        onReceived(length)
        return true
      },
    },
  }
  if (!isSecure) return connectPlain(where)
  const socket = connectTls({
    ...where,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(session === undefined ? {} : { session }),
  })
  return socket.on('session', onSession)
}
