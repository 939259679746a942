import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'

/** Slows down guessing: by address, so that one person's password is safe, and by place, so that nobody tries many. */
export type SignInLimit = {
  /** Throws `sign_in_limited` while too many have failed lately. */
  check(names: readonly string[]): void
  failed(names: readonly string[]): void
  succeeded(names: readonly string[]): void
}

const WINDOW_MS = 15 * 60_000
export const FAILURES_MAX = 10
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
    check: (names) => {
      for (const name of names) {
        const known = current(name)
        if (known === null || known.count < FAILURES_MAX) continue
        const seconds = Math.ceil((known.since + WINDOW_MS - clock.elapsed()) / 1000)
        throw new PaddockError('sign_in_limited', {
          message: `Too many attempts have failed. Try again in ${seconds} seconds.`,
          retryAfterSeconds: seconds,
        })
      }
    },
    failed: (names) => {
      for (const name of names) {
        const known = current(name)
        failures.delete(name)
        failures.set(name, { count: (known?.count ?? 0) + 1, since: known?.since ?? clock.elapsed() })
        const [oldest] = failures.keys()
        if (failures.size > REMEMBERED_MAX && oldest !== undefined) failures.delete(oldest)
      }
    },
    succeeded: (names) => {
      for (const name of names) failures.delete(name)
    },
  }
}
