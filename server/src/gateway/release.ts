import type { Entry } from '../books/entry.ts'
import { isSwitchedOn } from '../routing/request.ts'
import { header, type Exchange } from './exchange.ts'
import type { Relayed } from './relayed.ts'
import { headerList, replyError, type HeaderList } from './reply.ts'

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
    response.writeHead(200, headerList(exchange).concat(wholeHeaders(relayed, entry, bytes)))
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
export function wholeHeaders(relayed: Relayed, entry: Entry, body: Buffer): HeaderList {
  const { provider, model, attempts, cost } = entry
  const headers = [
    'content-type',
    relayed.contentType ?? 'application/json; charset=utf-8',
    'content-length',
    String(body.length),
    'x-paddock-provider',
    provider,
    'x-paddock-model',
    model,
    'x-paddock-attempts',
    String(attempts.length),
  ]
  // What it cost, where the head is not gone yet. Streams tell it at their end to those who ask.
  if (cost.amount !== null && cost.currency !== null)
    headers.push('x-paddock-cost', cost.amount, 'x-paddock-currency', cost.currency)
  return headers
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
