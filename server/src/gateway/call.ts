import type { AttemptRecord } from '@paddock/contract/entry'
import { isoInstant } from '../base/clock.ts'
import type { PaddockError } from '../base/errors.ts'
import { readError } from '../dialects/openai-chat/errors.ts'
import type { Target } from '../routing/table.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { isFailure, openCall, readWhole, type Head, type OpenCall } from './open-call.ts'
import { badAnswer, failureOfCall, failureOfStatus } from './provider-failure.ts'
import { writeProviderRequest, type Plan } from './route.ts'

/** An error answer longer than this is not an error message. */
const ERROR_BYTES_MAX = 65_536

/** An answer whose body has yet to be read. */
export type OpenAnswer = { readonly target: Target; readonly head: Head; readonly call: OpenCall }

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
  const attempts: AttemptRecord[] = []
  let last: Called | null = null
  for (const target of plan.targets) {
    last = await attempt(gateway, exchange, { plan, target, attempts })
    if (last.answer || exchange.gone || last.failure?.spec.retryable !== true) break
  }
  if (last === null) throw new Error('a plan has at least one target')
  return last
}

type Try = { readonly plan: Plan; readonly target: Target; readonly attempts: AttemptRecord[] }

async function attempt(gateway: Gateway, exchange: Exchange, { plan, target, attempts }: Try): Promise<Called> {
  const { facts } = target.provider
  const startedElapsed = gateway.clock.elapsed()
  const started = { provider: facts.id, model: target.model, started_at: isoInstant(gateway.clock.now()) }
  gateway.books.attempt({ id: exchange.id, ...started })

  const running = openCall(target.provider.call, writeProviderRequest(plan.order, target))
  // A provider that bills the whole answer all the same is heard out; any other is told to stop at once.
  const stopsWithCaller = facts.abortBills !== 'full'
  exchange.whenGone(() => {
    if (stopsWithCaller) running.cancel()
  })
  if (exchange.gone && stopsWithCaller) running.cancel()
  const outcome = await firstOf(running, { provider: facts.id, stream: plan.order.chat.stream })
  exchange.whenGone(null)

  const failed = 'failure' in outcome
  attempts.push({
    ...started,
    outcome: failed ? (exchange.gone ? 'cancelled' : outcome.timeout ? 'timeout' : 'error') : 'unknown',
    status: outcome.status,
    error: failed ? outcome.failure.code : null,
    duration_ms: Math.round(gateway.clock.elapsed() - startedElapsed),
  })
  return failed
    ? { target, attempts, startedElapsed, answer: null, failure: outcome.failure }
    : { target, attempts, startedElapsed, answer: { target, head: outcome, call: running }, failure: null }
}

type Failed = { readonly failure: PaddockError; readonly status: number | null; readonly timeout: boolean }
type Expected = { readonly provider: string; readonly stream: boolean }

/** The head of a usable answer, or why there is none. */
async function firstOf(running: OpenCall, { provider, stream }: Expected): Promise<Head | Failed> {
  const head = await running.head()
  if (isFailure(head)) {
    return { failure: failureOfCall(provider, head), status: null, timeout: head.kind.endsWith('timeout') }
  }
  if (head.status < 200 || head.status >= 300) return readFailure(running, head, provider)
  const type = head.headers['content-type'] ?? ''
  const wanted = stream ? 'text/event-stream' : 'json'
  if (type.includes(wanted)) return head
  const body = await readWhole(running, ERROR_BYTES_MAX)
  const said = Buffer.isBuffer(body) ? readError(head.status, body).message : 'nothing readable'
  return {
    failure: badAnswer(
      provider,
      `${wanted} was expected, ${type === '' ? 'no content type' : type} came. It reads: ${said}`,
    ),
    status: head.status,
    timeout: false,
  }
}

async function readFailure(running: OpenCall, head: Head, provider: string): Promise<Failed> {
  const body = await readWhole(running, ERROR_BYTES_MAX)
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  const said = { ...readError(head.status, bytes), retryAfter: head.headers['retry-after'] }
  return { failure: failureOfStatus(provider, head.status, said), status: head.status, timeout: false }
}
