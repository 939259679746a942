/**
 * Where prices change: the limits on tokens and the hours of the clock that the shipped price book knows. Requests are added
 * up between them, so that all of a sum have the same price. A price with a limit between two of these is still exact: it
 * is then worked out from the entries themselves, which takes longer.
 */
import { floorTo, DAY_MS } from '../../prices/zone.ts'
import type { Span } from '../../prices/compile.ts'
import type { Interval } from '../../prices/conditions.ts'

/** The last token of each band but the highest. */
const INPUT_LIMITS: readonly number[] = [
  4_000, 16_000, 32_000, 128_000, 199_999, 200_000, 252_000, 256_000, 271_999, 512_000, 1_000_000,
]
const OUTPUT_LIMITS: readonly number[] = [200]
const CONTEXT_LIMITS: readonly number[] = [8_192, 32_768, 131_072]
export const LIMITS = { input: INPUT_LIMITS, output: OUTPUT_LIMITS, context: CONTEXT_LIMITS } as const
export type LimitName = keyof typeof LIMITS

/** Minutes after midnight UTC: midnight in London and Beijing, and the windows of day and night prices. */
export const CLOCK_EDGES: readonly number[] = [0, 30, 60, 240, 360, 600, 960, 990]
const MINUTE_MS = 60_000
const MINUTES_A_DAY = DAY_MS / MINUTE_MS

/** The limit that so many tokens lie above; zero below the first. */
export function limitBelow(name: LimitName, tokens: number): number {
  return LIMITS[name].findLast((limit) => limit < tokens) ?? 0
}

/** The numbers of tokens that lie above this limit and not above the next. */
export function bandAbove(name: LimitName, limit: number): Interval {
  return { min: limit === 0 ? 0 : limit + 1, max: LIMITS[name].find((next) => next > limit) ?? Infinity }
}

/** The stretch between two edges of the clock in which an instant lies. */
export function slotOf(at: number): Span {
  const midnight = floorTo(at, DAY_MS)
  const minute = (at - midnight) / MINUTE_MS
  const from = CLOCK_EDGES.findLast((edge) => edge <= minute) ?? 0
  const to = CLOCK_EDGES.find((edge) => edge > minute) ?? MINUTES_A_DAY
  return { from: midnight + from * MINUTE_MS, to: midnight + to * MINUTE_MS }
}

/** The first edge of the clock that is not before an instant. */
export function edgeFrom(at: number): number {
  const slot = slotOf(at)
  return slot.from === at ? at : slot.to
}

/** All stretches that a span touches, in order. */
export function slotsIn({ from, to }: Span): Span[] {
  const slots: Span[] = []
  for (let at = from; at < to; at = slots.at(-1)?.to ?? to) slots.push(slotOf(at))
  return slots
}
