import type { PaddockError } from '../base/errors.ts'
import type { Hedge } from '../routing/attempts.ts'
import type { Target } from '../routing/target.ts'
import { start, type Calling, type Leg, type OpenAnswer } from './attempt.ts'

/** What came of an attempt, or of two that ran beside each other. */
export type Heard = {
  readonly target: Target
  readonly answer: OpenAnswer | null
  readonly failure: PaddockError | null
}

export async function heardAlone({ target, heard }: Leg): Promise<Heard> {
  const outcome = await heard
  return 'begun' in outcome ? { target, answer: outcome, failure: null } : { target, answer: null, failure: outcome }
}

/**
 * Starts a second attempt beside the first when that has said nothing for too long. The one that begins to answer first
 * is the answer, and the other one is given up; where neither answers, what counts is how the later one failed.
 */
export async function withHedge(calling: Calling, first: Leg, hedge: Hedge): Promise<Heard> {
  const early = await within(hedge.afterMs, heardAlone(first))
  if (early) return early
  const attempt = calling.exchange.gone ? null : hedge.next()
  return attempt === null ? heardAlone(first) : race(first, start(calling, attempt))
}

async function race(first: Leg, second: Leg): Promise<Heard> {
  const firstDone = heardAlone(first).then((heard) => ({ heard, other: second }))
  const secondDone = heardAlone(second).then((heard) => ({ heard, other: first }))
  const { heard, other } = await Promise.race([firstDone, secondDone])
  if (!heard.answer) return heardAlone(other)
  other.lose()
  return heard
}

/** What was heard in time; null when nothing was. */
async function within(ms: number, heard: Promise<Heard>): Promise<Heard | null> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  try {
    return await Promise.race([heard, silence])
  } finally {
    clearTimeout(timer)
  }
}
