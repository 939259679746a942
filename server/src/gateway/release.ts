import type { Entry } from '../books/entry.ts'
import type { Exchange } from './exchange.ts'
import type { Relayed } from './relayed.ts'
import { baseHeaders, replyError } from './reply.ts'

/** The end: what was held back goes out, or the failure is told. A stream that failed ends without its end mark. */
export function release(exchange: Exchange, relayed: Relayed, entry: Entry): void {
  const { response } = exchange
  if (exchange.gone) return
  if (relayed.failure) {
    replyError(exchange, relayed.failure, relayed.failBytes(relayed.failure))
    return
  }
  const bytes = heldFor(relayed, entry)
  if (!response.headersSent) {
    response.writeHead(200, {
      ...baseHeaders(exchange),
      'content-type': relayed.contentType ?? 'application/json; charset=utf-8',
      'content-length': String(bytes.length),
      ...costHeaders(entry),
    })
  }
  response.end(bytes)
}

/** The end of the answer. It tells the usage we counted where the provider gave none. */
export function heldFor(relayed: Relayed, entry: Entry): Buffer {
  return relayed.held(entry.usage_source === 'provider' ? undefined : entry.usage) ?? Buffer.alloc(0)
}

/** What it cost, where the headers are not gone yet. Streams find the same at /v1/generation?id=. */
function costHeaders(entry: Entry): Record<string, string> {
  return {
    'x-paddock-provider': entry.provider,
    'x-paddock-model': entry.model,
    'x-paddock-attempts': String(entry.attempts.length),
    ...(entry.cost.amount === null || entry.cost.currency === null
      ? {}
      : { 'x-paddock-cost': entry.cost.amount, 'x-paddock-currency': entry.cost.currency }),
  }
}
