import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'

/** Who tries: which address is tried, and from where; what is not known is left out. */
export type Trying = { readonly email?: string; readonly from?: string }

/** Slows down guessing: by address, so that one person's password is safe, and by place, so that nobody tries many. */
export type SignInLimit = {
  /**
   * An attempt counts as failed from its beginning, so that many at once are no way around. Throws `sign_in_limited` while too
   * many have failed lately.
   */
  begin(trying: Trying): Attempt
}

export type Attempt = {
  /** What failed for the address before counts no more; a place stays under watch. */
  succeeded(): void
  /** It was no guess: it counts neither way. */
  takeBack(): void
}

const WINDOW_MS = 15 * 60_000
/** A place may be the proxy of a whole company. */
export const FAILURES_MAX = { email: 10, from: 100 } as const
/** More are not remembered; the oldest are forgotten first. */
const REMEMBERED_MAX = 10_000

type Failures = { readonly count: number; readonly since: number }

export function openSignInLimit(clock: Clock): SignInLimit {
  const failures = new Map<string, Failures>()
  const current = (name: string): Failures => {
    const known = failures.get(name)
    const isFresh = known !== undefined && known.since + WINDOW_MS > clock.elapsed()
    return isFresh ? known : { count: 0, since: clock.elapsed() }
  }
  const add = (name: string, more: number): void => {
    const { count, since } = current(name)
    failures.delete(name)
    if (count + more > 0) failures.set(name, { count: count + more, since })
    const [oldest] = failures.keys()
    if (failures.size > REMEMBERED_MAX && oldest !== undefined) failures.delete(oldest)
  }
  return {
    begin: (trying) => {
      const names = namesOf(trying)
      for (const { name, max } of names) {
        const { count, since } = current(name)
        if (count >= max) throw limited(Math.ceil((since + WINDOW_MS - clock.elapsed()) / 1000))
      }
      for (const { name } of names) add(name, 1)
      const takeBack = (): void => {
        for (const { name } of names) add(name, -1)
      }
      return {
        takeBack,
        succeeded: () => {
          takeBack()
          if (trying.email !== undefined) failures.delete(`email ${trying.email}`)
        },
      }
    },
  }
}

function limited(seconds: number): PaddockError {
  return new PaddockError('sign_in_limited', {
    message: `Too many attempts have failed. Try again in ${seconds} seconds.`,
    retryAfterSeconds: seconds,
  })
}

function namesOf({ email, from }: Trying): { readonly name: string; readonly max: number }[] {
  return [
    ...(email === undefined ? [] : [{ name: `email ${email}`, max: FAILURES_MAX.email }]),
    ...(from === undefined ? [] : [{ name: `from ${from}`, max: FAILURES_MAX.from }]),
  ]
}
