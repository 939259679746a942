import type { Hedge } from '../routing/attempts.ts'
import { start, type Calling, type Heard, type Leg } from './attempt.ts'

/**
 * Starts a second attempt beside the first when that has said nothing for too long. The one that begins to answer first
 * is the answer, and the other one is given up; where neither answers, what counts is how the later one failed.
 */
export async function withHedge(calling: Calling, first: Leg, hedge: Hedge): Promise<Heard> {
  const early = await within(hedge.afterMs, first.heard)
  if (early) return early
  const attempt = calling.exchange.gone ? null : hedge.next()
  return attempt === null ? first.heard : race(first, start(calling, attempt))
}

async function race(first: Leg, second: Leg): Promise<Heard> {
  const firstDone = first.heard.then((heard) => ({ heard, other: second }))
  const secondDone = second.heard.then((heard) => ({ heard, other: first }))
  const { heard, other } = await Promise.race([firstDone, secondDone])
  if (!heard.answer) return other.heard
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
