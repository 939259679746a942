import type { CallProvider } from './call-provider.ts'
import { ConnectionPool } from './http/connection-pool.ts'
import { Exchange, type PhaseLimits } from './http/exchange.ts'
import { httpTarget, type HttpTarget } from './http/target.ts'

/**
 * How long a provider may be silent in each phase, in milliseconds: while the connection is made (five seconds, TLS
 * included), before the head of the answer (a minute) and within its body (half a minute; any byte counts, and a call
 * that was told to wait is not silent). A request can have limits of its own for the last two.
 */
export type HttpCallOptions = Partial<PhaseLimits>

/** A CallProvider over HTTP. `close` cancels what still runs and closes every connection. */
export type HttpCall = CallProvider & { close(): Promise<void> }

const LIMITS: PhaseLimits = { connectMsMax: 5_000, headersMsMax: 60_000, idleMsMax: 30_000 }

/**
 * Calls providers over HTTP/1.1 on connections that are kept and used again. Redirects are not followed, so a key never
 * reaches another origin. A compressed answer, never asked for, is decoded. Cancelling closes the connection at once.
 */
export function httpCall(options: HttpCallOptions = {}): HttpCall {
  const limits = { ...LIMITS, ...options }
  const pool = new ConnectionPool()
  const targets = openTargets()
  let isClosed = false
  const call: CallProvider = (request, sink) => {
    const target = targets(request.url)
    const exchange = new Exchange(request, { target, limits, sink })
    if (isClosed) exchange.cancel()
    else exchange.start(pool.lend(target))
    return exchange
  }
  return Object.assign(call, {
    close: () => {
      isClosed = true
      return pool.close()
    },
  })
}

/** A few models make a few addresses, each of which is called again and again. */
const TARGETS_MAX = 1_000

/** Addresses read once. */
function openTargets(): (url: string) => HttpTarget {
  const known = new Map<string, HttpTarget>()
  return (url) => {
    const found = known.get(url)
    if (found) return found
    if (known.size >= TARGETS_MAX) known.clear()
    const target = httpTarget(url)
    known.set(url, target)
    return target
  }
}
