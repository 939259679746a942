import { logPurses, type Sample } from './evidence.ts'
import { logMeanExp, logOnePlusExp } from './special-functions.ts'

/**
 * After a promotion the old champion keeps a small share, as pacer, and this detector compares: has the new champion become
 * worse by more than the margin, from some batch on? An e-detector of the Shiryaev–Roberts kind: for every bet
 * R ← (R + 1) · L with L the batch's own purse, alarm when the mean of R reaches 10⁴. Without a change an alarm comes once in
 * ten thousand batches or less often. J. Shin, A. Ramdas and A. Rinaldo, "E-detectors", NEJSDS 2023.
 */
export type Watch = {
  /** ln R of each bet; null before the first batch, when every R is 0. */
  readonly logs: readonly number[] | null
  readonly batches: number
}

export const NOT_WATCHED_YET: Watch = { logs: null, batches: 0 }

const LOG_ALARM = Math.log(10_000)

/** One more batch (an hour, or a hundred units): the differences "new champion − pacer", rounded in the new one's favour. */
export function watchBatch({ logs, batches }: Watch, batch: readonly Sample[], margin: number): Watch {
  const purses = logPurses('below', batch, -margin)
  return { logs: purses.map((purse, bet) => logOnePlusExp(logs?.[bet] ?? -Infinity) + purse), batches: batches + 1 }
}

/** True when the new champion should make way for the old one. */
export function isAlarm({ logs }: Watch): boolean {
  return logs !== null && logMeanExp(logs) >= LOG_ALARM
}
