/** How many attempts beyond the first the requests to a provider may make, in any ten seconds. */
export type RetryBudget = {
  /** A request made its first attempt. */
  request(now: number): void
  /** Takes one further attempt out of the budget; false when nothing is left. */
  takeRetry(now: number): boolean
}

/** A share of the requests of the last ten seconds, but always at least so many. */
export type Allowance = { readonly share: number; readonly min: number }

export const WINDOW_SECONDS = 10

/**
 * A fifth of the requests, but always ten a second. In a total outage the calls are thus at most 1.2 times the requests,
 * once there are fifty requests a second. (The default of Finagle, finagle.github.io/blog/2016/02/08/retry-budgets.)
 */
export const RETRIES: Allowance = { share: 0.2, min: 10 * WINDOW_SECONDS }

/** Attempts beside a silent first one: what waits for the slowest 5 of 100 answers needs no more than that. */
export const HEDGES: Allowance = { share: 0.05, min: 1 }

export function openRetryBudget({ share, min }: Allowance = RETRIES): RetryBudget {
  const requests = openWindowCount()
  const retries = openWindowCount()
  return {
    request: (now) => {
      requests.add(now)
    },
    takeRetry: (now) => {
      const allowed = Math.max(requests.total(now) * share, min)
      if (retries.total(now) + 1 > allowed) return false
      retries.add(now)
      return true
    },
  }
}

type WindowCount = { add(now: number): void; total(now: number): number }

/** Counts what happened in the last ten seconds, second by second. */
function openWindowCount(): WindowCount {
  const counts = Array.from({ length: WINDOW_SECONDS }, () => 0)
  let latest = -Infinity
  let total = 0
  /** Forgets the seconds that left the window; returns the place of the present one. */
  const moveOn = (now: number): number => {
    const second = Math.floor(now / 1_000)
    for (let passed = Math.max(latest + 1, second - WINDOW_SECONDS + 1, 0); passed <= second; passed += 1) {
      const place = placeOf(passed)
      total -= counts[place] ?? 0
      counts[place] = 0
    }
    latest = Math.max(latest, second)
    return placeOf(latest)
  }
  return {
    add: (now) => {
      const place = moveOn(now)
      counts[place] = (counts[place] ?? 0) + 1
      total += 1
    },
    total: (now) => {
      moveOn(now)
      return total
    },
  }
}

function placeOf(second: number): number {
  return second % WINDOW_SECONDS
}
