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
  /** The calls that run, and have to be told when the caller hangs up. */
  readonly running: LeftAlone[]
}

/** A running call whose caller may hang up. */
type LeftAlone = { left(): void }

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

/** What came of an attempt, or of two that ran beside each other. */
export type Heard = {
  readonly target: Target
  readonly answer: OpenAnswer | null
  readonly failure: PaddockError | null
}

/** One call to a provider, on its way. */
export type Leg = {
  readonly target: Target
  /** How its answer begins, or why it does not; what fails is in the records by then. */
  readonly heard: Promise<Heard>
  /** Another one was faster: it is told to stop, or heard out where that is billed anyway. Says nothing about its provider. */
  lose(): void
}

/** Calls a target. Nothing of its answer has been passed on when `heard` resolves. */
export function start(calling: Calling, attempt: Attempt): Leg {
  const { gateway, exchange, plan } = calling
  const { target } = attempt
  const running: Running = { calling, attempt, started: startedNow(gateway, target) }
  let translation: Translation
  try {
    translation = plan.translate(attempt)
  } catch (thrown) {
    const failure = fail(running, { failure: asPaddockError(thrown), status: null, timeout: false, billed: false })
    return { target, heard: Promise.resolve({ target, answer: null, failure }), lose: () => undefined }
  }
  const { provider, model, started_at } = running.started
  gateway.books.attempt({ id: exchange.id, provider, model, started_at })
  return new RunningLeg(running, translation, send(target, translation, plan.form))
}

type Running = { readonly calling: Calling; readonly attempt: Attempt; readonly started: Started }

class RunningLeg implements Leg {
  readonly target: Target
  readonly heard: Leg['heard']
  readonly #running: Running
  readonly #call: OpenCall
  readonly #hearing: Promise<Begun | Failed>
  #isOver = false

  constructor(running: Running, translation: Translation, call: OpenCall) {
    const { gateway, exchange, plan } = running.calling
    const { target } = running.attempt
    this.target = target
    this.#running = running
    this.#call = call
    running.calling.running.push(this)
    if (exchange.gone) this.left()
    this.#hearing = hear(gateway, { call, translation, facts: target.provider.facts, form: plan.form })
    // By itself, so that the provider's request is not kept for its sake until the answer ends.
    const { ignored } = translation
    this.heard = this.#hearing.then((begun) => this.#answer(begun, ignored))
  }

  left(): void {
    // Who has named its request will ask for this answer again.
    if (this.#running.calling.exchange.claim) this.#call.resume()
    else this.#goOnAlone()
  }

  lose(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { calling, attempt, started } = this.#running
    const { gateway, exchange, plan } = calling
    this.#stopsRunning()
    const loss = billedWhenLost(gateway, exchange, { plan, target: this.target })
    close(this.#running, { outcome: 'cancelled', status: null, error: null, ...loss })
    attempt.end({ kind: 'neutral', silentMs: gateway.clock.elapsed() - started.elapsed })
    this.#goOnAlone()
    void hearOut(gateway, this.#call, this.#hearing)
  }

  #answer(begun: Begun | Failed, ignored: readonly string[]): Heard {
    const { target } = this
    const { attempt, started } = this.#running
    if (!('failure' in begun)) {
      const answer = { target, call: this.#call, begun, attempt, started, ignored }
      return { target, answer, failure: null }
    }
    this.#stopsRunning()
    if (this.#isOver) return { target, answer: null, failure: begun.failure }
    this.#isOver = true
    return { target, answer: null, failure: fail(this.#running, begun) }
  }

  #stopsRunning(): void {
    const { running } = this.#running.calling
    const place = running.indexOf(this)
    if (place !== -1) running.splice(place, 1)
  }

  /** A provider that bills the whole answer whoever hears it is heard out; any other is told to stop. */
  #goOnAlone(): void {
    if (this.target.provider.facts.abortBills === 'full') this.#call.resume()
    else this.#call.cancel()
  }
}

/** Writes down an attempt that gave no answer. */
function fail(running: Running, { failure, status, timeout, billed }: Failed): PaddockError {
  const { calling, attempt } = running
  const { gateway, exchange, plan } = calling
  const { gone } = exchange
  // Who hangs up is charged for what it asked for, once: of two attempts that end by that, the first to end is lost.
  const isLost = billed && (!gone || calling.running.length > 0)
  const loss = isLost ? billedWhenLost(gateway, exchange, { plan, target: attempt.target }) : {}
  close(running, { outcome: gone ? 'cancelled' : timeout ? 'timeout' : 'error', status, error: failure.code, ...loss })
  attempt.end(gone ? { kind: 'neutral' } : outcomeOfFailure(failure.code, failure.detail.retryAfterSeconds))
  return failure
}

function close(
  { calling: { gateway, records }, started }: Running,
  ended: Omit<AttemptRecord, keyof Started | 'duration_ms'>,
): void {
  records.push(closeRecord(gateway, started, ended))
}

function startedNow({ clock }: Gateway, target: Target): Started {
  const { id: provider } = target.provider.facts
  return { provider, model: target.model, started_at: isoInstant(clock.now()), elapsed: clock.elapsed() }
}

/** An attempt as the entry tells of it. */
export function closeRecord(
  { clock }: Gateway,
  { provider, model, started_at, elapsed }: Started,
  ended: Omit<AttemptRecord, keyof Started | 'duration_ms'>,
): AttemptRecord {
  const duration_ms = Math.round(clock.elapsed() - elapsed)
  const { outcome, status, error } = ended
  const record: AttemptRecord = { provider, model, started_at, outcome, status, error, duration_ms }
  return ended.cost === undefined ? record : { ...record, ...ended }
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
