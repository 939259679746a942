import { Connection } from './connection.ts'
import type { HttpTarget } from './target.ts'

/** The connections of a process, open ones and kept ones, by origin. */
export class ConnectionPool {
  readonly #open = new Set<Connection>()
  readonly #idle = new Map<string, Connection[]>()
  readonly #sessions = new Map<string, Buffer>()

  /** A connection to the origin: the one that became idle last, or a new one that is not ready yet. */
  lend(target: HttpTarget): Connection {
    const idle = this.#idle.get(target.origin)
    for (let kept = idle?.pop(); kept !== undefined; kept = idle?.pop()) {
      if (kept.isOpen) return kept
    }
    return this.#connect(target)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((connection) => connection.close()))
  }

  #connect({ url, origin }: HttpTarget): Connection {
    const connection = new Connection(url, {
      session: this.#sessions.get(origin),
      onSession: (session) => this.#sessions.set(origin, session),
      onFree: (free) => {
        const idle = this.#idle.get(origin)
        if (idle === undefined) this.#idle.set(origin, [free])
        else idle.push(free)
      },
      onClosed: (closed) => {
        this.#open.delete(closed)
        const idle = this.#idle.get(origin) ?? []
        const place = idle.indexOf(closed)
        if (place !== -1) idle.splice(place, 1)
      },
    })
    this.#open.add(connection)
    return connection
  }
}
