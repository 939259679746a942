import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HEDGES, openRetryBudget, RETRIES, WINDOW_SECONDS } from './retry-budget.ts'

const FLOOR = RETRIES.min

/** How many of the retries asked for are granted. */
function granted(budget: ReturnType<typeof openRetryBudget>, asked: number, now: number): number {
  return Array.from({ length: asked }, () => budget.takeRetry(now)).filter(Boolean).length
}

describe('a retry budget', () => {
  it('[R18] grants ten retries a second where there are few requests', () => {
    expect(granted(openRetryBudget(), 1_000, 0)).toBe(FLOOR)
  })

  it('[R18] grants a fifth of the requests where there are many', () => {
    const budget = openRetryBudget()
    for (let request = 0; request < 5_000; request += 1) budget.request(request)
    expect(granted(budget, 5_000, 5_000)).toBe(1_000)
  })

  it('[R20] grants a hedge to one request in twenty, and one in ten seconds where there are few', () => {
    const few = openRetryBudget(HEDGES)
    few.request(0)
    expect([granted(few, 10, 0), granted(few, 10, 9_999), granted(few, 10, 10_000)]).toEqual([1, 0, 1])
    const many = openRetryBudget(HEDGES)
    for (let request = 0; request < 1_000; request += 1) many.request(request)
    expect(granted(many, 1_000, 1_000)).toBe(50)
  })

  it('[R18] forgets requests and retries after ten seconds', () => {
    const budget = openRetryBudget()
    for (let request = 0; request < 5_000; request += 1) budget.request(0)
    expect(granted(budget, 900, 9_999)).toBe(900)
    expect(granted(budget, 900, 10_000)).toBe(0)
    expect(granted(budget, 900, 19_999)).toBe(FLOOR)
  })

  it('[R18] never grants more in any ten seconds than its rule, whatever comes when', () => {
    const step = fc.record({ wait: fc.nat(3_000), requests: fc.nat(400), retries: fc.nat(400) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const budget = openRetryBudget()
        const seen: { second: number; requests: number; retries: number }[] = []
        let now = 0
        for (const { wait, requests, retries } of steps) {
          now += wait
          for (let request = 0; request < requests; request += 1) budget.request(now)
          seen.push({ second: Math.floor(now / 1_000), requests, retries: granted(budget, retries, now) })
          const window = seen.filter(({ second }) => second > Math.floor(now / 1_000) - WINDOW_SECONDS)
          const sum = (what: 'requests' | 'retries'): number => window.reduce((total, each) => total + each[what], 0)
          const allowed = Math.max(sum('requests') * RETRIES.share, FLOOR)
          const before = sum('retries') - (seen.at(-1)?.retries ?? 0)
          expect(sum('retries')).toBe(before + Math.min(retries, Math.max(0, Math.floor(allowed - before))))
        }
      }),
    )
  })
})
