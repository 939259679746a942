import { describe, expect, it } from 'vitest'
import {
  begin,
  COOL_MS_MAX,
  end,
  FAILURES_TO_OPEN,
  HEALTHY,
  hindranceOf,
  isForgettable,
  MONEY_MS,
  OPEN_MS,
  OPEN_MS_MAX,
  PROBE_MS_MAX,
  type Breaker,
  type BreakerEvent,
  type Hindrance,
} from './breaker.ts'

const SECOND = 1_000

/** A breaker with attempts running through it, told one thing after the other. */
function drive(breaker: Breaker = HEALTHY) {
  let now = 0
  let current = breaker
  const drives = {
    get state() {
      return hindranceOf(current, now)
    },
    get breaker() {
      return current
    },
    wait: (ms: number) => {
      now += ms
      return drives
    },
    begin: () => {
      const { breaker: next, probeAt } = begin(current, now)
      current = next
      return (event: BreakerEvent) => {
        current = end({ breaker: current, probeAt }, event, now)
        return drives
      }
    },
    times: (count: number, event: BreakerEvent) => {
      for (let done = 0; done < count; done += 1) drives.begin()(event)
      return drives
    },
  }
  return drives
}

const failed: BreakerEvent = { kind: 'failed' }
const success: BreakerEvent = { kind: 'answered' }
const neutral: BreakerEvent = { kind: 'neutral' }
const money: BreakerEvent = { kind: 'out_of_money' }
const limited = (retryAfterMs: number): BreakerEvent => ({ kind: 'limited', retryAfterMs })

describe('a breaker', () => {
  it('[R10] opens at the fifth failure within ten seconds, not at the fourth', () => {
    expect(drive().times(4, failed).state).toBeNull()
    expect(drive().times(5, failed).state).toEqual({ kind: 'failing', forMs: OPEN_MS })
  })

  it('[R10] counts no failure that is ten seconds old, and none from before a success', () => {
    expect(
      drive()
        .times(4, failed)
        .wait(10 * SECOND)
        .times(1, failed).state,
    ).toBeNull()
    expect(
      drive()
        .times(4, failed)
        .wait(10 * SECOND - 1)
        .times(1, failed).state,
    ).not.toBeNull()
    expect(drive().times(4, failed).times(1, success).times(4, failed).state).toBeNull()
  })

  it('[R11] lets one probe through when its time is up, and closes when that is answered', () => {
    const driven = drive().times(5, failed).wait(OPEN_MS)
    expect(driven.state).toBeNull()
    const probe = driven.begin()
    expect(driven.state).toMatchObject({ kind: 'failing' })
    expect(probe(success).breaker).toEqual(HEALTHY)
  })

  it('[R11] stays open twice as long after each probe that fails, up to five minutes', () => {
    const driven = drive().times(5, failed)
    const waits = Array.from({ length: 7 }, () => {
      const { forMs } = driven.state ?? { forMs: 0 }
      driven.wait(forMs).times(1, failed)
      return forMs / SECOND
    })
    expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300])
    expect(OPEN_MS_MAX).toBe(300 * SECOND)
  })

  it('[R11] lets another probe through beside one that takes longer than a minute; only the newer one decides', () => {
    const driven = drive().times(5, failed).wait(OPEN_MS)
    const slow = driven.begin()
    driven.wait(PROBE_MS_MAX)
    expect(driven.state).toBeNull()
    const second = driven.begin()
    expect(slow(failed).state).toEqual({ kind: 'failing', forMs: SECOND })
    expect(second(success).state).toBeNull()
  })

  it.each([
    [0, 0],
    [30 * SECOND, 30 * SECOND],
    [86_400 * SECOND, COOL_MS_MAX],
  ])('[R12] cools down for a Retry-After of %i ms, at most ten minutes', (asked, waits) => {
    const { state } = drive().times(1, limited(asked))
    expect(state).toEqual(waits === 0 ? null : { kind: 'limited', forMs: waits })
  })

  it('[R12] keeps a cool-down through a success of somebody else, and takes the later of two', () => {
    const driven = drive()
    const running = driven.begin()
    driven.times(1, limited(30 * SECOND))
    expect(running(success).state).toEqual({ kind: 'limited', forMs: 30 * SECOND })
    const twice = drive()
    const other = twice.begin()
    twice.times(1, limited(30 * SECOND))
    expect(other(limited(SECOND)).state).toEqual({ kind: 'limited', forMs: 30 * SECOND })
  })

  it.each([
    ['a limit', limited(0)],
    ['a caller’s mistake', neutral],
  ])('[R13] takes %s for neither a failure nor a success', (_what, event) => {
    expect(drive().times(20, event).breaker.opened).toBeNull()
    expect(drive().times(4, failed).times(3, event).times(1, failed).state).not.toBeNull()
    // A probe that ends so has found out nothing: the next request is the probe.
    const driven = drive().times(5, failed).wait(OPEN_MS).times(1, event)
    expect(driven.state).toBeNull()
    driven.begin()
    expect(driven.state).toMatchObject({ kind: 'failing' })
  })

  it('[R14] opens at once when money is missing, and asks again after a quarter of an hour', () => {
    const driven = drive().times(1, money)
    expect(driven.state).toEqual({ kind: 'out_of_money', forMs: MONEY_MS })
    driven.wait(MONEY_MS).times(1, money)
    expect(driven.state).toEqual({ kind: 'out_of_money', forMs: MONEY_MS })
    expect(driven.wait(MONEY_MS).times(1, success).breaker).toEqual(HEALTHY)
  })

  it('[R11] does not let an attempt from before it opened close it or keep it open longer', () => {
    for (const event of [success, failed, neutral]) {
      const driven = drive()
      const early = driven.begin()
      driven.times(5, failed).wait(3 * SECOND)
      expect(early(event).state).toEqual({ kind: 'failing', forMs: OPEN_MS - 3 * SECOND })
    }
  })

  it('[R23] is worth nothing once nothing speaks against it', () => {
    expect(isForgettable(HEALTHY, 0)).toBe(true)
    expect(isForgettable(drive().times(1, failed).breaker, 0)).toBe(false)
    expect(isForgettable(drive().times(1, failed).breaker, 10 * SECOND)).toBe(true)
    expect(isForgettable(drive().times(1, limited(SECOND)).breaker, SECOND - 1)).toBe(false)
    expect(isForgettable(drive().times(5, failed).breaker, 10 ** 9)).toBe(false)
  })
})

/**
 * The rules of SPEC.md once more, written another way: with named phases, attempts known by number and everything that
 * ever happened kept. It is slow, plain, and must never disagree.
 */
class Rules {
  now = 0
  running: number[] = []
  private begun = 0
  private failures: number[] = []
  private phase: 'closed' | 'open' | 'half_open' = 'closed'
  private cause: Hindrance['kind'] = 'failing'
  private openUntil = 0
  private openMs = 0
  private probe: { attempt: number; at: number } | null = null
  private coolUntil = 0

  hindrance(): Hindrance | null {
    if (this.coolUntil > this.now) return { kind: 'limited', forMs: this.coolUntil - this.now }
    if (this.phase === 'closed') return null
    if (this.phase === 'open') return { kind: this.cause, forMs: this.openUntil - this.now }
    return this.probe !== null && this.now < this.probe.at + PROBE_MS_MAX ? { kind: this.cause, forMs: SECOND } : null
  }

  wait(ms: number): void {
    this.now += ms
    if (this.phase === 'open' && this.now >= this.openUntil) this.phase = 'half_open'
  }

  begin(): void {
    this.begun += 1
    this.running.push(this.begun)
    if (this.phase === 'half_open') this.probe = { attempt: this.begun, at: this.now }
  }

  end(index: number, event: BreakerEvent): void {
    const [attempt] = this.running.splice(index, 1)
    const isProbe = this.probe?.attempt === attempt
    if (isProbe) this.probe = null
    if (event.kind === 'limited') {
      this.coolUntil = Math.max(this.coolUntil, this.now + Math.min(event.retryAfterMs, COOL_MS_MAX))
    }
    if (event.kind === 'out_of_money') this.open('out_of_money', MONEY_MS)
    if (event.kind === 'answered' && (isProbe || this.phase === 'closed')) this.close()
    if (event.kind === 'failed' && isProbe) this.open('failing', Math.min(this.reopenMs() * 2, OPEN_MS_MAX))
    else if (event.kind === 'failed' && this.phase === 'closed') this.fail()
  }

  private fail(): void {
    this.failures.push(this.now)
    const recent = this.failures.filter((at) => at > this.now - 10 * SECOND)
    if (recent.length >= FAILURES_TO_OPEN) this.open('failing', OPEN_MS)
  }

  private reopenMs(): number {
    return this.cause === 'out_of_money' ? OPEN_MS : this.openMs
  }

  private open(cause: Hindrance['kind'], ms: number): void {
    this.phase = 'open'
    this.cause = cause
    this.openMs = ms
    this.openUntil = this.now + ms
    this.failures = []
  }

  private close(): void {
    this.phase = 'closed'
    this.failures = []
    this.probe = null
  }

  copy(): Rules {
    const copy = Object.assign(new Rules(), this)
    copy.running = [...this.running]
    copy.failures = [...this.failures]
    return copy
  }
}

type World = { readonly breaker: Breaker; readonly passes: readonly (number | null)[]; readonly rules: Rules }
type Step = { readonly name: string; take(world: World): World | null }

const advance = (ms: number): Step => ({
  name: `wait ${ms} ms`,
  take: ({ breaker, passes, rules }) => {
    const next = rules.copy()
    next.wait(ms)
    return { breaker, passes, rules: next }
  },
})

const start: Step = {
  name: 'begin',
  take: ({ breaker, passes, rules }) => {
    if (hindranceOf(breaker, rules.now) !== null) return null
    const next = rules.copy()
    next.begin()
    const pass = begin(breaker, rules.now)
    return { breaker: pass.breaker, passes: [...passes, pass.probeAt], rules: next }
  },
}

/** The oldest or the newest running attempt ends, so that endings overtake each other. */
const finish = (which: 'oldest' | 'newest', event: BreakerEvent): Step => ({
  name: `${which} ${event.kind}`,
  take: ({ breaker, passes, rules }) => {
    if (passes.length === 0 || (which === 'newest' && passes.length === 1)) return null
    const index = which === 'oldest' ? 0 : passes.length - 1
    const next = rules.copy()
    next.end(index, event)
    const ended = end({ breaker, probeAt: passes[index] ?? null }, event, rules.now)
    return { breaker: ended, passes: passes.toSpliced(index, 1), rules: next }
  },
})

const STEPS: readonly Step[] = [
  start,
  ...[failed, success, neutral, money, limited(12 * SECOND)].map((event) => finish('oldest', event)),
  ...[failed, success].map((event) => finish('newest', event)),
  advance(4 * SECOND),
  advance(OPEN_MS),
]

describe('a breaker against the rules', () => {
  const run = (steps: readonly Step[]): World =>
    steps.reduce<World>((world, step) => step.take(world) ?? world, {
      breaker: HEALTHY,
      passes: [],
      rules: new Rules(),
    })
  const failing = (count: number): Step[] =>
    Array.from({ length: count }, () => [start, finish('oldest', failed)]).flat()

  it.each<[string, World]>([
    ['new', run([])],
    ['one failure short of opening, three attempts running', run([...failing(4), start, start, start])],
    [
      'about to be tried, with attempts from before running',
      run([start, start, start, ...failing(5), advance(OPEN_MS)]),
    ],
    [
      'about to be tried after the money was gone',
      run([start, start, start, finish('oldest', money), advance(MONEY_MS)]),
    ],
  ])('[R10] [R11] [R12] [R13] [R14] agrees in every interleaving of six events from: %s', (_name, from) => {
    let worlds = 0
    const explore = (world: World, trail: readonly string[]): void => {
      worlds += 1
      const { breaker, rules } = world
      const [found, expected] = [hindranceOf(breaker, rules.now), rules.hindrance()]
      if (found?.kind !== expected?.kind || found?.forMs !== expected?.forMs) {
        expect({ trail, hindrance: found }).toEqual({ trail, hindrance: expected })
      }
      if (trail.length === 6) return
      for (const step of STEPS) {
        const next = step.take(world)
        if (next) explore(next, [...trail, step.name])
      }
    }
    explore(from, [])
    expect(worlds).toBeGreaterThan(10_000)
  })
})
