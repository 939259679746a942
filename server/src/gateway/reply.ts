import { asPaddockError, type PaddockError } from '../base/errors.ts'
import type { Entry } from '../books/entry.ts'
import type { CallerDialectName } from '../dialects/dialect-name.ts'
import { limitHeaders } from '../limits/limit-headers.ts'
import { cacheHeaders } from './cache-use.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'

/** Where the SDKs of a dialect look for the id of a request, if not under `x-request-id`. */
const ID_HEADERS: Readonly<Partial<Record<CallerDialectName, string>>> = { 'anthropic-messages': 'request-id' }

/** Headers as Node writes them without looking at them: names and values by turns. */
export type HeaderList = string[]

/** What of an exchange is told in the head of its answer. */
type Told = Pick<Exchange, 'id' | 'dialect' | 'permit' | 'hold' | 'ignored' | 'cache'>

/** Every answer names its request, so that a log line, an entry and a complaint meet; and says what its limits have left. */
export function headerList({ id, dialect, permit, hold, ignored, cache }: Told): HeaderList {
  const headers = ['x-request-id', id]
  const ownName = ID_HEADERS[dialect.name]
  if (ownName !== undefined) headers.push(ownName, id)
  if (ignored.length > 0) headers.push('x-paddock-ignored', ignored.join(', '))
  if (hold?.maxTokens) headers.push('x-paddock-max-tokens', String(hold.maxTokens))
  if (cache) headers.push(...cacheHeaders(cache))
  if (permit && permit.levels.length > 0) headers.push(...Object.entries(limitHeaders(permit.levels)).flat())
  return headers
}

/** The same by their names, for answers that are not made a thousand times a second. */
export function baseHeaders(exchange: Exchange): Record<string, string> {
  return headersByName(headerList(exchange))
}

export function headersByName(list: HeaderList): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < list.length; at += 2) headers[list[at] as string] = list[at + 1] as string
  return headers
}

/** The head of a stream of events, and who answers it. */
export function streamHeaders({ provider, model }: Pick<Entry, 'provider' | 'model'>): HeaderList {
  return [
    'content-type',
    'text/event-stream; charset=utf-8',
    'cache-control',
    'no-cache',
    'x-accel-buffering',
    'no',
    'x-paddock-provider',
    provider,
    'x-paddock-model',
    model,
  ]
}

/** Answers with an error in the caller's dialect: as a reply, or as the last event of a stream that has begun. */
export function replyError(exchange: Exchange, error: PaddockError, lastEvent: Buffer | null = null): void {
  const { response } = exchange
  if (exchange.gone) return
  if (response.headersSent && exchange.isCut) {
    response.destroy()
    return
  }
  if (response.headersSent) {
    response.end(lastEvent ?? exchange.dialect.writeErrorEvent(error, exchange.id))
    return
  }
  const body = exchange.dialect.writeError(error, exchange.id)
  response.writeHead(error.status, {
    ...baseHeaders(exchange),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    // SDKs send again by status alone, unless they are told not to.
    ...(error.spec.retryable ? {} : { 'x-should-retry': 'false' }),
    ...(error.detail.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.detail.retryAfterSeconds) }),
    ...error.detail.headers,
  })
  response.end(body)
}

/** Refuses a request that never became one: it is answered, counted and logged, and has no entry. */
export function refuse(gateway: Gateway, exchange: Exchange, thrown: unknown): void {
  const error = asPaddockError(thrown)
  gateway.observe.refused(error.code)
  const fields = { request_id: exchange.id, code: error.code, status: error.status, param: error.detail.param }
  if (error.code === 'internal') gateway.log.error('request.failed', fields, thrown)
  else gateway.log.info('request.refused', fields)
  replyError(exchange, error)
}
