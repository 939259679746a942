import type { AttemptRecord } from '@paddock/contract/entry'
import type { PaddockError } from '../base/errors.ts'
import type { Target } from '../routing/target.ts'
import { start, type Calling, type Heard, type OpenAnswer } from './attempt.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { withHedge } from './hedge.ts'
import type { AnyPlan } from './route.ts'

/** What calling came to: an answer, or the failure of the last attempt. */
export type Called = {
  readonly target: Target
  /** The attempts that gave no answer. */
  readonly attempts: readonly AttemptRecord[]
  readonly answer: OpenAnswer | null
  readonly failure: PaddockError | null
}

/**
 * Stage 4, call the provider: the targets in turn, until one answers. The next is tried only while the caller is there,
 * the failure is one that another provider may not have, and not a byte has been sent.
 */
export async function call(gateway: Gateway, exchange: Exchange, plan: AnyPlan): Promise<Called> {
  const attempts = gateway.router.attempts(plan.itinerary)
  const calling: Calling = { gateway, exchange, plan, records: [], running: [] }
  exchange.whenGone(() => {
    for (const each of calling.running) each.left()
  })
  const hedge = attempts.hedge()
  let last: Heard | null = null
  for (let next = attempts.next(); next; next = attempts.next()) {
    const first = start(calling, next)
    const heard: Heard = await (last === null && hedge ? withHedge(calling, first, hedge) : first.heard)
    last = heard
    if (heard.answer || exchange.gone) break
  }
  if (last?.answer) exchange.ignored = last.answer.ignored
  else exchange.whenGone(null)
  if (last) return { target: last.target, answer: last.answer, failure: last.failure, attempts: calling.records }
  const [{ target }] = plan.itinerary.placed
  return { target, answer: null, failure: attempts.refusal(), attempts: calling.records }
}
