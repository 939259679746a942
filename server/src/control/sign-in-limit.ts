import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'

/** Who tries: which address is tried, and from where; what is not known is left out. */
export type Trying = { readonly email?: string; readonly from?: string }

/** Slows down guessing: by address, so that one person's password is safe, and by place, so that nobody tries many. */
export type SignInLimit = {
  /** Throws `sign_in_limited` while too many have failed lately. */
  check(trying: Trying): void
  failed(trying: Trying): void
  /** What failed for an address before counts no more; a place stays under watch. */
  succeeded(trying: Trying): void
}

const WINDOW_MS = 15 * 60_000
/** A place may be the proxy of a whole company. */
export const FAILURES_MAX = { email: 10, from: 100 } as const
/** More are not remembered; the oldest are forgotten first. */
const REMEMBERED_MAX = 10_000

type Failures = { readonly count: number; readonly since: number }

export function openSignInLimit(clock: Clock): SignInLimit {
  const failures = new Map<string, Failures>()
  const current = (name: string): Failures | null => {
    const known = failures.get(name)
    return known !== undefined && known.since + WINDOW_MS > clock.elapsed() ? known : null
  }
  return {
    check: (trying) => {
      for (const { name, max } of namesOf(trying)) {
        const known = current(name)
        if (known === null || known.count < max) continue
        const seconds = Math.ceil((known.since + WINDOW_MS - clock.elapsed()) / 1000)
        throw new PaddockError('sign_in_limited', {
          message: `Too many attempts have failed. Try again in ${seconds} seconds.`,
          retryAfterSeconds: seconds,
        })
      }
    },
    failed: (trying) => {
      for (const { name } of namesOf(trying)) {
        const known = current(name)
        failures.delete(name)
        failures.set(name, { count: (known?.count ?? 0) + 1, since: known?.since ?? clock.elapsed() })
        const [oldest] = failures.keys()
        if (failures.size > REMEMBERED_MAX && oldest !== undefined) failures.delete(oldest)
      }
    },
    succeeded: ({ email }) => {
      if (email !== undefined) failures.delete(`email ${email}`)
    },
  }
}

function namesOf({ email, from }: Trying): { readonly name: string; readonly max: number }[] {
  return [
    ...(email === undefined ? [] : [{ name: `email ${email}`, max: FAILURES_MAX.email }]),
    ...(from === undefined ? [] : [{ name: `from ${from}`, max: FAILURES_MAX.from }]),
  ]
}
