/**
 * Keeps requests away from what does not work, and tries it again carefully. A pure machine: what is known, an event and
 * the time make what is known next. Times are milliseconds of a clock that never jumps.
 */
export type Breaker = {
  /** The failures since the last success, as far as they are recent. */
  readonly failedAt: readonly number[]
  /** Null while it is closed, which is how it should be: requests pass. */
  readonly opened: Opening | null
  /** When the probe began that decides whether to close. */
  readonly probeAt: number | null
  /** Nothing passes before this, whatever else holds: somebody asked us to wait. */
  readonly coolUntil: number
}

type Opening = { readonly cause: 'failures' | 'money'; readonly until: number; readonly times: number }

/** What `begin` gives an attempt and `end` wants back: set when the attempt is the probe. */
export type Pass = { readonly breaker: Breaker; readonly probeAt: number | null }

export type BreakerEvent =
  | { readonly kind: 'answered' | 'failed' | 'out_of_money' | 'neutral' }
  | { readonly kind: 'limited'; readonly retryAfterMs: number }

/** Why nothing passes, and for how long. */
export type Hindrance = { readonly kind: 'failing' | 'limited' | 'out_of_money'; readonly forMs: number }

export const HEALTHY: Breaker = { failedAt: [], opened: null, probeAt: null, coolUntil: -Infinity }

/** So many failures within the window open a breaker. */
export const FAILURES_TO_OPEN = 5
export const FAILURE_WINDOW_MS = 10_000
/** How long it stays open before it is tried again; twice as long after each probe that failed, up to the second number. */
export const OPEN_MS = 10_000
export const OPEN_MS_MAX = 300_000
/** Money does not come back by waiting: somebody has to pay first. */
export const MONEY_MS = 900_000
/** A probe that takes longer may be a long answer: another one is let through beside it. */
export const PROBE_MS_MAX = 60_000
/** Nobody is waited for longer than this, whatever Retry-After says. */
export const COOL_MS_MAX = 600_000
/** How long to wait for what a probe finds out. */
const PROBE_WAIT_MS = 1_000

export function hindranceOf(breaker: Breaker, now: number): Hindrance | null {
  const { opened, probeAt, coolUntil } = breaker
  if (now < coolUntil) return { kind: 'limited', forMs: coolUntil - now }
  if (opened === null) return null
  const kind = opened.cause === 'money' ? 'out_of_money' : 'failing'
  if (now < opened.until) return { kind, forMs: opened.until - now }
  const probing = probeAt !== null && now - probeAt < PROBE_MS_MAX
  return probing ? { kind, forMs: PROBE_WAIT_MS } : null
}

/** An attempt begins; only when nothing hinders it. Behind an open breaker whose time is up it is the probe. */
export function begin(breaker: Breaker, now: number): Pass {
  if (breaker.opened === null) return { breaker, probeAt: null }
  return { breaker: { ...breaker, probeAt: now }, probeAt: now }
}

/** An attempt ends. One that began before the breaker opened changes nothing that the probe has to decide. */
export function end({ breaker, probeAt }: Pass, event: BreakerEvent, now: number): Breaker {
  const isProbe = probeAt !== null && breaker.probeAt === probeAt
  const next = isProbe ? { ...breaker, probeAt: null } : breaker
  switch (event.kind) {
    case 'answered':
      return isProbe || breaker.opened === null ? { ...HEALTHY, coolUntil: breaker.coolUntil } : next
    case 'failed':
      if (breaker.opened === null) return countFailure(next, now)
      return isProbe ? openAgain(next, breaker.opened, now) : next
    case 'limited':
      return { ...next, coolUntil: Math.max(next.coolUntil, now + Math.min(event.retryAfterMs, COOL_MS_MAX)) }
    case 'out_of_money':
      return { ...next, failedAt: [], opened: { cause: 'money', until: now + MONEY_MS, times: 1 } }
    case 'neutral':
      return next
  }
}

/** Nothing is known about it that would be worth keeping. */
export function isForgettable({ failedAt, opened, coolUntil }: Breaker, now: number): boolean {
  return opened === null && coolUntil <= now && failedAt.every((at) => isOld(at, now))
}

function isOld(at: number, now: number): boolean {
  return now - at >= FAILURE_WINDOW_MS
}

function countFailure(breaker: Breaker, now: number): Breaker {
  const failedAt = [...breaker.failedAt.filter((at) => !isOld(at, now)), now]
  if (failedAt.length < FAILURES_TO_OPEN) return { ...breaker, failedAt }
  return { ...breaker, failedAt: [], opened: { cause: 'failures', until: now + OPEN_MS, times: 1 } }
}

function openAgain(breaker: Breaker, { times }: Opening, now: number): Breaker {
  const ms = Math.min(OPEN_MS * 2 ** times, OPEN_MS_MAX)
  return { ...breaker, opened: { cause: 'failures', until: now + ms, times: times + 1 } }
}
