import { describe, expect, it } from 'vitest'
import { labClock, labRandom, labRequest, labRoute, labTable } from './fixtures/lab.ts'
import { openRetryBudget } from './health/retry-budget.ts'
import { outcomeOfFailure } from './outcome.ts'
import { openRouter, type Router } from './router.ts'

/** What reaches the providers while every one of them fails, simulated request by request. */

type Simulated = { readonly requests: number; readonly calls: number; readonly refused: number }
type Running = { readonly endsAt: number; end(): void }

const SECOND = 1_000
/** From a failure at once to a provider that hangs until the limit. */
const LATENCIES_MS = [5, 400, 60_000]
const FAILURES = ['provider_error', 'provider_unreachable', 'provider_overloaded', 'provider_timeout'] as const

function simulate({ perSecond, seconds, seed }: { perSecond: number; seconds: number; seed: number }): Simulated {
  const clock = labClock()
  const random = labRandom(seed)
  const router = openRouter({ clock, random, priceOf: () => null, worth: () => null })
  const destination = labTable([labRoute()]).resolve('chat')
  const pick = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item =>
    items[Math.floor(random() * items.length)] as Item
  const running: Running[] = []
  let [calls, refused] = [0, 0]

  const call = (attempts: ReturnType<Router['attempts']>): void => {
    const attempt = attempts.next()
    if (!attempt) return
    calls += 1
    running.push({
      endsAt: clock.elapsed() + pick(LATENCIES_MS),
      end: () => {
        attempt.end(outcomeOfFailure(pick(FAILURES)))
        call(attempts)
      },
    })
  }
  const settle = (): void => {
    const due = running.filter(({ endsAt }) => endsAt <= clock.elapsed())
    for (const each of due) {
      running.splice(running.indexOf(each), 1)
      each.end()
    }
  }
  const requests = perSecond * seconds
  for (let request = 0; request < requests; request += 1) {
    try {
      call(router.attempts(router.orderTargets(destination, labRequest())))
    } catch {
      refused += 1
    }
    clock.advance(SECOND / perSecond)
    settle()
  }
  return { requests, calls, refused }
}

describe('a total outage', () => {
  it.each([
    { perSecond: 2, seconds: 300, seed: 1 },
    { perSecond: 20, seconds: 120, seed: 2 },
    { perSecond: 60, seconds: 60, seed: 3 },
    { perSecond: 400, seconds: 30, seed: 4 },
  ])('[R18] at $perSecond requests a second (seed $seed) makes at most 1.2 calls of each', (outage) => {
    const { requests, calls, refused } = simulate(outage)
    expect(calls / requests).toBeLessThanOrEqual(1.2)
    expect(refused).toBeGreaterThan(0)
  })

  it.each([50, 200, 5_000])(
    '[R18] is held to 1.2 calls by the retry budget alone, at %i requests a second',
    (perSecond) => {
      const budget = openRetryBudget()
      let [requests, calls] = [0, 0]
      for (let millisecond = 0; millisecond < 60 * SECOND; millisecond += SECOND / perSecond) {
        budget.request(millisecond)
        requests += 1
        calls += 1 + [1, 2].filter(() => budget.takeRetry(millisecond)).length
      }
      expect(calls / requests).toBeLessThanOrEqual(1.2)
      expect(calls / requests).toBeGreaterThan(1.15)
    },
  )
})
