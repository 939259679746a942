import { PaddockError } from '../base/errors.ts'

/** From (included) to (not included), in milliseconds since 1970. */
export type Span = { readonly from: number; readonly to: number }

type Named = { readonly from?: string | undefined; readonly to?: string | undefined }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Where the last day begins: at a whole hour, as the sums have them. */
export function lastDayFrom(now: number): number {
  return Math.floor((now - DAY_MS) / HOUR_MS) * HOUR_MS
}

/** A day or instant, of which the shape of the request has seen that it is one; a day begins at midnight UTC. */
export function readWhen(text: string): number {
  return Date.parse(text)
}

export function whenOr<Else>(text: string | undefined, otherwise: Else): number | Else {
  return text === undefined ? otherwise : readWhen(text)
}

/** The span that was named; what is left out of it ends now, and begins so many days before its end. */
export function spanOr({ from, to }: Named, { now, days }: { readonly now: number; readonly days: number }): Span {
  const end = whenOr(to, now)
  const begin = whenOr(from, end - days * DAY_MS)
  if (begin < end) return { from: begin, to: end }
  throw new PaddockError('field_invalid', { message: '/from: it must lie before "to".', param: '/from' })
}
