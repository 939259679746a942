import type { Entry } from '../books/entry.ts'
import { isSwitchedOn } from '../routing/request.ts'
import { header, type Exchange } from './exchange.ts'
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
  const bytes = lastBytes(exchange, relayed, entry)
  if (!response.headersSent) {
    response.writeHead(200, { ...baseHeaders(exchange), ...wholeHeaders(relayed, entry, bytes) })
  }
  response.end(bytes)
}

/** What was held back of an answer, as it goes out. Who did not ask for more gets a stream as the provider sent it, to the byte. */
export function lastBytes(exchange: Exchange, relayed: Relayed, entry: Entry): Buffer {
  const bytes = heldFor(relayed, entry)
  const tells = entry.stream && isSwitchedOn(header(exchange, 'x-paddock-stream-cost'))
  return tells ? tellAtEnd(exchange, bytes, entry) : bytes
}

/** The head of a whole answer. */
export function wholeHeaders(relayed: Relayed, entry: Entry, body: Buffer): Record<string, string> {
  return {
    'content-type': relayed.contentType ?? 'application/json; charset=utf-8',
    'content-length': String(body.length),
    ...costHeaders(entry),
  }
}

/** The end of the answer. It tells the usage we counted where the provider gave none. */
export function heldFor(relayed: Relayed, entry: Entry): Buffer {
  return relayed.held(entry.usage_source === 'provider' ? undefined : entry.usage) ?? Buffer.alloc(0)
}

/** The same as in the headers of a whole answer. */
function tellAtEnd({ acceptedAt, dialect }: Exchange, end: Buffer, entry: Entry): Buffer {
  return dialect.tellAtEnd(end, {
    id: entry.provider_request_id ?? entry.id,
    model: entry.answered_model ?? entry.model,
    createdSeconds: Math.floor(acceptedAt / 1000),
    told: {
      request_id: entry.id,
      provider: entry.provider,
      model: entry.model,
      attempts: entry.attempts.length,
      cost: entry.cost.amount,
      currency: entry.cost.currency,
    },
  })
}

/** What it cost, where the headers are not gone yet. Streams tell it at their end to those who ask. */
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
