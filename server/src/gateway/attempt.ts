import type { AttemptRecord } from '@paddock/contract/entry'
import { isoInstant } from '../base/clock.ts'
import { asPaddockError, type PaddockError } from '../base/errors.ts'
import type { Translation } from '../dialects/translation.ts'
import type { Attempt } from '../routing/attempts.ts'
import { outcomeOfFailure } from '../routing/outcome.ts'
import type { Target } from '../routing/target.ts'
import type { AnswerForm } from './answer-form.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Failed } from './head.ts'
import { hear, type Begun } from './hear.ts'
import { billedWhenLost, hearOut } from './lost-call.ts'
import { OpenCall } from './open-call.ts'
import type { AnyPlan } from './route.ts'

/** What the attempts of one request have in common. */
export type Calling = {
  readonly gateway: Gateway
  readonly exchange: Exchange
  readonly plan: AnyPlan
  /** The attempts that have ended, in the order in which they did. */
  readonly records: AttemptRecord[]
  /** What to do with each running call when the caller hangs up. */
  readonly whenGone: Set<() => void>
}

/** An answer that has begun and has yet to be passed on. */
export type OpenAnswer = {
  readonly target: Target
  readonly call: OpenCall
  readonly begun: Begun
  readonly attempt: Attempt
  /** Its part of the entry as far as it is known by now. */
  readonly started: Started
  /** Names of fields the provider was not told of. */
  readonly ignored: readonly string[]
}

export type Started = Pick<AttemptRecord, 'provider' | 'model' | 'started_at'> & { readonly elapsed: number }

/** One call to a provider, on its way. */
export type Leg = {
  readonly target: Target
  /** How its answer begins, or why it does not; what fails is in the records by then. */
  readonly heard: Promise<OpenAnswer | PaddockError>
  /** Another one was faster: it is told to stop, or heard out where that is billed anyway. Says nothing about its provider. */
  lose(): void
}

/** Calls a target. Nothing of its answer has been passed on when `heard` resolves. */
export function start(calling: Calling, attempt: Attempt): Leg {
  const { gateway, exchange, plan, records, whenGone } = calling
  const { target } = attempt
  const { facts } = target.provider
  const started = startedNow(gateway, target)
  const close = (ended: Pick<AttemptRecord, 'outcome' | 'status' | 'error'> & Partial<AttemptRecord>): void => {
    records.push(closeRecord(gateway, started, ended))
  }
  const fail = ({ failure, status, timeout, billed }: Failed): PaddockError => {
    // Who hangs up is charged for what it asked for, once: of two attempts that end by that, the first to end is lost.
    const isLost = billed && (!exchange.gone || whenGone.size > 0)
    const loss = isLost ? billedWhenLost(gateway, exchange, { plan, target }) : {}
    close({
      outcome: exchange.gone ? 'cancelled' : timeout ? 'timeout' : 'error',
      status,
      error: failure.code,
      ...loss,
    })
    attempt.end(exchange.gone ? { kind: 'neutral' } : outcomeOfFailure(failure.code, failure.detail.retryAfterSeconds))
    return failure
  }

  let translation: Translation
  try {
    translation = plan.translate(attempt)
  } catch (thrown) {
    const failure = fail({ failure: asPaddockError(thrown), status: null, timeout: false, billed: false })
    return { target, heard: Promise.resolve(failure), lose: () => undefined }
  }
  gateway.books.attempt({ id: exchange.id, provider: facts.id, model: target.model, started_at: started.started_at })
  const call = send(target, translation, plan.form)
  // A provider that bills the whole answer whoever hears it is heard out; any other is told to stop.
  const goOnAlone = (): void => {
    if (facts.abortBills === 'full') call.resume()
    else call.cancel()
  }
  // Who has named its request will ask for this answer again.
  const whenLeft = (): void => {
    if (exchange.claim) call.resume()
    else goOnAlone()
  }
  whenGone.add(whenLeft)
  if (exchange.gone) whenLeft()

  let over = false
  const hearing = hear(gateway, { call, translation, facts, form: plan.form })
  const heard = hearing.then((begun) => {
    if (!('failure' in begun)) return { target, call, begun, attempt, started, ignored: translation.ignored }
    whenGone.delete(whenLeft)
    if (over) return begun.failure
    over = true
    return fail(begun)
  })
  const lose = (): void => {
    if (over) return
    over = true
    whenGone.delete(whenLeft)
    close({ outcome: 'cancelled', status: null, error: null, ...billedWhenLost(gateway, exchange, { plan, target }) })
    attempt.end({ kind: 'neutral', silentMs: gateway.clock.elapsed() - started.elapsed })
    goOnAlone()
    void hearOut(gateway, call, hearing)
  }
  return { target, heard, lose }
}

function startedNow({ clock }: Gateway, target: Target): Started {
  const { id: provider } = target.provider.facts
  return { provider, model: target.model, started_at: isoInstant(clock.now()), elapsed: clock.elapsed() }
}

/** An attempt as the entry tells of it. */
export function closeRecord(
  { clock }: Gateway,
  { elapsed, ...started }: Started,
  ended: Omit<AttemptRecord, keyof Started | 'duration_ms'>,
): AttemptRecord {
  return { ...started, ...ended, duration_ms: Math.round(clock.elapsed() - elapsed) }
}

function send({ provider }: Target, { path, headers, body }: Translation, form: AnswerForm): OpenCall {
  return new OpenCall(provider.call, {
    url: provider.facts.baseUrl + path,
    headers: {
      'content-type': 'application/json',
      accept: form.accept,
      'user-agent': 'paddock',
      ...headers,
    },
    body,
    limits: form.headersMsMax === undefined ? undefined : { headersMsMax: form.headersMsMax },
  })
}
