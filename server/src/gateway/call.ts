import type { AttemptRecord } from '@paddock/contract/entry'
import { isoInstant } from '../base/clock.ts'
import { asPaddockError, type PaddockError } from '../base/errors.ts'
import { PROVIDER_DIALECTS } from '../dialects/all.ts'
import { holdsError, readError } from '../dialects/provider-error.ts'
import { readProviderJson } from '../dialects/provider-json.ts'
import { translate, type Translation } from '../dialects/translation.ts'
import type { Provider } from '../providers/provider.ts'
import type { Attempt } from '../routing/attempts.ts'
import { outcomeOfFailure } from '../routing/outcome.ts'
import type { Target } from '../routing/target.ts'
import { header, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { isFailure, openCall, readWhole, type Head, type OpenCall } from './open-call.ts'
import { badAnswer, failureOfBody, failureOfCall, failureOfStatus } from './provider-failure.ts'
import type { Plan } from './route.ts'

/** An error answer longer than this is not an error message. */
const ERROR_BYTES_MAX = 65_536

/** An answer whose body has yet to be read, and how it is to be told to the caller. */
export type OpenAnswer = {
  readonly target: Target
  readonly call: OpenCall
  readonly translation: Translation
  readonly attempt: Attempt
}

/** What calling came to: an answer, or the failure of the last attempt. The last of `attempts` belongs to the answer. */
export type Called = {
  readonly target: Target
  readonly attempts: readonly AttemptRecord[]
  readonly answer: OpenAnswer | null
  /** When the last attempt began. */
  readonly startedElapsed: number
  readonly failure: PaddockError | null
}

/**
 * Stage 4, call the provider: the targets in turn, until one answers. The next is tried only while the caller is there,
 * the failure is one that another provider may not have, and not a byte has been sent.
 */
export async function call(gateway: Gateway, exchange: Exchange, plan: Plan): Promise<Called> {
  const attempts = gateway.router.attempts(plan.itinerary)
  const records: AttemptRecord[] = []
  let last: Called | null = null
  for (let next = attempts.next(); next; next = attempts.next()) {
    last = await attempt(gateway, exchange, { plan, attempt: next, records })
    if (last.answer || exchange.gone) break
  }
  const [{ target }] = plan.itinerary.placed
  return last ?? { target, attempts: records, answer: null, startedElapsed: 0, failure: attempts.refusal() }
}

type Try = { readonly plan: Plan; readonly attempt: Attempt; readonly records: AttemptRecord[] }

async function attempt(gateway: Gateway, exchange: Exchange, { plan, attempt: tried, records }: Try): Promise<Called> {
  const { target } = tried
  const { facts } = target.provider
  const startedElapsed = gateway.clock.elapsed()
  const started = { provider: facts.id, model: target.model, started_at: isoInstant(gateway.clock.now()) }
  const close = (failed: Failed, outcome: AttemptRecord['outcome']): Called => {
    const { failure, status } = failed
    records.push({ ...started, outcome, status, error: failure.code, duration_ms: since(gateway, startedElapsed) })
    tried.end(exchange.gone ? { kind: 'neutral' } : outcomeOfFailure(failure.code, failure.detail.retryAfterSeconds))
    return { target, attempts: records, startedElapsed, answer: null, failure }
  }

  let translation: Translation
  try {
    translation = translateFor(gateway, exchange, { plan, attempt: tried })
  } catch (thrown) {
    return close({ failure: asPaddockError(thrown), status: null, timeout: false }, 'error')
  }
  gateway.books.attempt({ id: exchange.id, ...started })
  const running = start(exchange, tried, { translation, stream: plan.order.asked.stream })
  const outcome = await headOf(running, { facts, stream: plan.order.asked.stream })
  if ('failure' in outcome) {
    exchange.whenGone(null)
    return close(outcome, exchange.gone ? 'cancelled' : outcome.timeout ? 'timeout' : 'error')
  }
  records.push({ ...started, outcome: 'unknown', status: outcome.status, error: null, duration_ms: 0 })
  const answer = { target, call: running, translation, attempt: tried }
  exchange.ignored = translation.ignored
  return { target, attempts: records, startedElapsed, answer, failure: null }
}

/** The request in the words of the target's provider. Throws a PaddockError for what cannot be said there. */
function translateFor(
  gateway: Gateway,
  exchange: Exchange,
  { plan, attempt: { target, apiKey } }: Pick<Try, 'plan' | 'attempt'>,
): Translation {
  const { facts } = target.provider
  const { caller, asked, json } = plan.order
  return translate({
    caller: exchange.dialect,
    provider: PROVIDER_DIALECTS[facts.dialect],
    target: { provider: facts.id, model: target.model, facts: { ...facts.spelling, usage: facts.usage } },
    apiKey: facts.auth === 'none' ? null : apiKey,
    betas: header(exchange, 'anthropic-beta') ?? null,
    meta: {
      requestId: exchange.id,
      model: target.model,
      createdSeconds: Math.floor(exchange.acceptedAt / 1000),
      includeUsage: asked.includeUsage,
      json,
    },
    mayCut: exchange.hold?.mayCut === true,
    memory: gateway.memory.scoped(`${caller.keyId} ${facts.id}`),
  })
}

type Starting = { readonly translation: Translation; readonly stream: boolean }

/** A provider that bills the whole answer whoever hears it is heard out when the caller hangs up; any other is told to stop. */
function start(exchange: Exchange, { target }: Attempt, { translation, stream }: Starting): OpenCall {
  const { facts, call: provider } = target.provider
  const running = openCall(provider, {
    url: facts.baseUrl + translation.path,
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      'user-agent': 'paddock',
      ...translation.headers,
    },
    body: translation.body,
  })
  const goOnAlone = (): void => {
    if (facts.abortBills === 'full') running.resume()
    else running.cancel()
  }
  exchange.whenGone(goOnAlone)
  if (exchange.gone) goOnAlone()
  return running
}

type Failed = { readonly failure: PaddockError; readonly status: number | null; readonly timeout: boolean }
type Expected = { readonly facts: Provider; readonly stream: boolean }

/** The head of a usable answer, or why there is none. */
async function headOf(running: OpenCall, { facts, stream }: Expected): Promise<Head | Failed> {
  const head = await running.head()
  if (isFailure(head)) {
    return { failure: failureOfCall(facts.id, head), status: null, timeout: head.kind.endsWith('timeout') }
  }
  const { status } = head
  if (status < 200 || status >= 300) {
    const error = readError(status, await readBody(running))
    return { failure: failureOfStatus(facts, head, error), status, timeout: false }
  }
  const type = head.headers['content-type'] ?? ''
  const wanted = stream ? 'text/event-stream' : 'json'
  if (type.includes(wanted)) return head
  const body = await readBody(running)
  const error = readError(status, body)
  // Who is asked for a stream and has but an error to tell, may tell it in JSON and with a good status.
  if (isError(body)) return { failure: failureOfBody(facts, error), status, timeout: false }
  const came = type === '' ? 'no content type' : type
  const failure = badAnswer(facts.id, `${wanted} was expected, ${came} came. It reads: ${error.message}`)
  return { failure, status, timeout: false }
}

/** The body of an answer that is none; nothing where it is too long, or breaks off. */
async function readBody(running: OpenCall): Promise<Buffer> {
  const body = await readWhole(running, ERROR_BYTES_MAX)
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

function isError(body: Buffer): boolean {
  try {
    return holdsError(readProviderJson(body).root)
  } catch {
    return false
  }
}

function since(gateway: Gateway, startedElapsed: number): number {
  return Math.round(gateway.clock.elapsed() - startedElapsed)
}
