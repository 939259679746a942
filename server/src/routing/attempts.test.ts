import type { Decimal } from '@paddock/contract/decimal'
import type { RouteSetting } from '@paddock/contract/routes'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import type { ActiveProvider } from './active-provider.ts'
import type { Attempts } from './attempts.ts'
import {
  answered,
  labClock,
  labPrice,
  labProvider,
  labRequest,
  labRoute,
  labTable,
  noExchange,
} from './fixtures/lab.ts'
import { outcomeOfFailure, type Outcome } from './outcome.ts'
import type { RequestFacts } from './request.ts'
import type { PriceOf } from './price.ts'
import { openRouter } from './router.ts'

const PRICES: Readonly<Record<string, string>> = { a: '0.03', b: '0.02', c: '0.01' }
const priceOf: PriceOf = ({ provider }) => labPrice(PRICES[provider.facts.id])

function openLab(more: Partial<RouteSetting> = {}, providers?: readonly ActiveProvider[]) {
  const clock = labClock()
  const router = openRouter({ clock, random: () => 0.5, priceOf, worth: noExchange })
  const table = labTable([labRoute(more)], providers)
  const attempts = (request: Partial<RequestFacts> = {}, name = 'chat'): Attempts =>
    router.attempts(router.orderTargets(table.resolve(name), labRequest(request)))
  /** Makes attempts that end like this one after the other; says where they went. */
  const run = (outcomes: readonly Outcome[], request: Partial<RequestFacts> = {}, name = 'chat'): string[] => {
    const running = attempts(request, name)
    const went: string[] = []
    for (const outcome of outcomes) {
      const attempt = running.next()
      if (!attempt) return [...went, 'end']
      went.push(`${attempt.target.provider.facts.id} ${attempt.apiKey ?? '-'}`)
      attempt.end(outcome)
    }
    return running.next() === null ? [...went, 'end'] : went
  }
  const refusal = (act: () => unknown): { code: string; wait: number | undefined; message: string } => {
    try {
      act()
    } catch (thrown) {
      if (thrown instanceof PaddockError) {
        return { code: thrown.code, wait: thrown.detail.retryAfterSeconds, message: thrown.message }
      }
    }
    throw new Error('nothing was refused')
  }
  return { clock, router, table, attempts, run, refusal }
}

const failed: Outcome = { kind: 'failed' }
const limited: Outcome = { kind: 'limited', retryAfterMs: 20_000 }

describe('the attempts of a request', () => {
  it.each<[string, Outcome[], string[]]>([
    ['an answer is the end', [answered()], ['a a-key', 'end']],
    ['a failure goes on to the next target', [failed, failed, answered()], ['a a-key', 'b b-key', 'c c-key', 'end']],
    ['a limit goes on', [limited, answered()], ['a a-key', 'b b-key', 'end']],
    ['a refused key goes on', [{ kind: 'key_refused' }, answered()], ['a a-key', 'b b-key', 'end']],
    ['missing money goes on', [{ kind: 'out_of_money' }, answered()], ['a a-key', 'b b-key', 'end']],
    ['the caller’s own mistake is the end', [{ kind: 'neutral' }, answered()], ['a a-key', 'end']],
  ])('[R17] %s', (_what, outcomes, went) => {
    expect(openLab().run(outcomes)).toEqual(went)
  })

  it('[R17] are at most three, or as many as the route says', () => {
    const four = ['a', 'b', 'c', 'd'].map((id) => labProvider(id))
    const candidates = four.map(({ facts }) => ({ model: `${facts.id}/m` }))
    const all = [failed, failed, failed, failed, failed]
    expect(openLab({ candidates }, four).run(all)).toEqual(['a a-key', 'b b-key', 'c c-key', 'end'])
    expect(openLab({ candidates, attempts_max: 1 }, four).run(all)).toEqual(['a a-key', 'end'])
    expect(openLab({ candidates, attempts_max: 10 }, four).run(all)).toHaveLength(5)
  })

  it('[R17] end with the first target for a caller that wants no other', () => {
    expect(openLab().run([failed, answered()], { noFallback: true })).toEqual(['a a-key', 'end'])
  })

  it('[R17] do not begin elsewhere either for such a caller when the first target is not well', () => {
    const lab = openLab()
    lab.run([limited], {}, 'a/m')
    expect(lab.refusal(() => lab.attempts({ noFallback: true }))).toMatchObject({
      code: 'provider_rate_limited',
      wait: 20,
      message: expect.stringContaining('a/m: limited by the provider') as string,
    })
    expect(lab.run([answered()])).toEqual(['b b-key', 'end'])
  })

  it('[R16] try another key of the same provider where only the key was at fault', () => {
    const twoKeys = [labProvider('a', { furtherKeys: ['a-2'] }), labProvider('b'), labProvider('c')]
    expect(openLab({}, twoKeys).run([limited, limited, answered()])).toEqual(['a a-key', 'a a-2', 'b b-key', 'end'])
    expect(openLab({}, twoKeys).run([{ kind: 'key_refused' }, failed, answered()])).toEqual([
      'a a-key',
      'a a-2',
      'b b-key',
      'end',
    ])
    expect(openLab({}, twoKeys).run([failed, answered()])).toEqual(['a a-key', 'b b-key', 'end'])
    expect(openLab({}, twoKeys).run([limited, answered()], {}, 'a/m')).toEqual(['a a-key', 'a a-2', 'end'])
  })

  it('[R18] end when the retry budget of the first provider is used up', () => {
    const lab = openLab({ attempts_max: 2 })
    const elsewhere = (): string[] => lab.run([limited, answered()], { noFallback: false })
    const went = Array.from({ length: 130 }, () => {
      lab.router.revive('a')
      return elsewhere()
    })
    expect(went.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => ['a a-key', 'b b-key', 'end']))
    expect(went.slice(100)).toEqual(Array.from({ length: 30 }, () => ['a a-key', 'end']))
  })

  it('[R18] take retries from the budget of the provider the request went to first, and of no other', () => {
    const lab = openLab({ attempts_max: 2 })
    for (let request = 0; request < 110; request += 1) {
      lab.router.revive('a')
      lab.run([limited, answered()])
    }
    const [b, c] = [labProvider('b'), labProvider('c')]
    const table = labTable([labRoute({ candidates: [{ model: 'b/m' }, { model: 'c/m' }] })], [b, c])
    const running = lab.router.attempts(lab.router.orderTargets(table.resolve('chat'), labRequest()))
    running.next()?.end(failed)
    expect(running.next()?.target.provider.facts.id).toBe('c')
  })
})

describe('a request nobody can take', () => {
  it.each<[Outcome, string, number | undefined]>([
    [limited, 'provider_rate_limited', 20],
    [{ kind: 'limited', retryAfterMs: 86_400_000 }, 'provider_rate_limited', 600],
    [{ kind: 'out_of_money' }, 'provider_out_of_money', undefined],
  ])('[R19] after %j is refused with %s', (outcome, code, wait) => {
    const lab = openLab()
    lab.run([outcome], {}, 'a/m')
    expect(lab.refusal(() => lab.attempts({}, 'a/m'))).toMatchObject({ code, wait })
  })

  it('[R19] is told the soonest of all waits, and why each candidate was passed over', () => {
    const lab = openLab({ candidates: [{ model: 'a/m' }, { model: 'b/m' }, { model: 'c/m', when: { stream: true } }] })
    for (let request = 0; request < 5; request += 1) lab.run([failed], { noFallback: true }, 'a/m')
    lab.run([limited], {}, 'b/m')
    expect(lab.refusal(() => lab.attempts())).toEqual({
      code: 'provider_overloaded',
      wait: 10,
      message:
        'The route chat has no candidate that can be called now. a/m: failing, tried again in 10 s; b/m: limited by the provider, tried again in 20 s; c/m: only for streams.',
    })
    lab.clock.advance(10_000)
    expect(lab.attempts().next()?.target.provider.facts.id).toBe('a')
  })

  it('[R19] says which conditions keep the candidates from it', () => {
    const lab = openLab({ candidates: [{ model: 'a/m', when: { has_images: true } }] })
    expect(lab.refusal(() => lab.attempts())).toEqual({
      code: 'route_unavailable',
      wait: undefined,
      message: 'The route chat has no candidate that can be called now. a/m: only for requests with images.',
    })
  })

  it('[R19] is refused too when another request took the last chance between ordering and calling', () => {
    const lab = openLab({ candidates: [{ model: 'a/m' }] })
    const [first, second] = [lab.attempts(), lab.attempts()]
    first.next()?.end({ kind: 'out_of_money' })
    expect(second.next()).toBeNull()
    expect(second.refusal()).toMatchObject({ code: 'provider_out_of_money' })
  })
})

describe('hedging', () => {
  const cap = (text: string): Decimal => text as Decimal
  const hedge = { after_ms: 800, cost_cap: cap('0.02') }
  /** Where the second attempt beside the first goes; null for nowhere. */
  const hedged = (running: Attempts): string | null => {
    const first = running.next()
    const second = running.hedge()?.next() ?? null
    first?.end({ kind: 'neutral' })
    second?.end({ kind: 'neutral' })
    return second?.target.provider.facts.id ?? null
  }

  it('[R20] starts a second attempt after the time set, at another target, and only where the route asks for it', () => {
    expect(openLab().attempts().hedge()).toBeNull()
    const running = openLab({ hedge }).attempts()
    expect(running.hedge()?.afterMs).toBe(800)
    expect(hedged(running)).toBe('b')
  })

  it('[R20] does not where the second would cost more than the cap or has no price, and leaves it for later', () => {
    const lab = openLab({ hedge: { ...hedge, cost_cap: cap('0.019') } })
    expect(hedged(lab.attempts())).toBeNull()
    const running = lab.attempts()
    const first = running.next()
    expect(running.hedge()?.next()).toBeNull()
    first?.end(failed)
    expect(running.next()?.target.provider.facts.id).toBe('b')
    const unpriced = { hedge, candidates: [{ model: 'a/m' }, { model: 'd/m' }] }
    expect(hedged(openLab(unpriced, [labProvider('a'), labProvider('d')]).attempts())).toBeNull()
  })

  it('[R20] does not where there is nobody else, or nobody else may be asked', () => {
    expect(openLab({ hedge }).attempts({ noFallback: true }).hedge()).toBeNull()
    expect(hedged(openLab({ hedge, attempts_max: 1 }).attempts())).toBeNull()
  })

  it('[R20] judges the price of the target that is really asked', () => {
    const lab = openLab({ hedge: { ...hedge, cost_cap: cap('0.01') } })
    lab.run([limited], {}, 'b/m')
    expect(hedged(lab.attempts())).toBe('c')
  })

  it('[R20] waits as long as 95 of 100 streams took to begin, once twenty were seen', () => {
    const lab = openLab({ hedge: { after_p95: true, cost_cap: cap('1') } })
    const stream = { stream: true }
    for (let request = 1; request <= 19; request += 1) lab.run([answered({}, { firstByteMs: request * 10 })], stream)
    expect(lab.attempts(stream).hedge()).toBeNull()
    lab.run([answered({}, { firstByteMs: 200 })], stream)
    expect(lab.attempts(stream).hedge()?.afterMs).toBe(190)
    // Of whole answers nothing is known by that.
    expect(lab.attempts().hedge()).toBeNull()
  })

  it('[R20] waits for a whole answer as long as 95 of 100 whole ones took', () => {
    const lab = openLab({ hedge: { after_p95: true, cost_cap: cap('1') } })
    for (let request = 1; request <= 20; request += 1) lab.run([answered({}, { durationMs: request * 1_000 })])
    expect(lab.attempts().hedge()?.afterMs).toBe(19_000)
    expect(lab.attempts({ stream: true }).hedge()).toBeNull()
  })

  it('[R20] learns from a silence that was cut short, so that the wait does not shrink to what was fast', () => {
    const lab = openLab({ hedge: { after_p95: true, cost_cap: cap('1') } })
    const stream = { stream: true }
    for (let request = 1; request <= 18; request += 1) lab.run([answered({}, { firstByteMs: 10 })], stream)
    for (let request = 1; request <= 2; request += 1) lab.run([{ kind: 'neutral', silentMs: 900 }], stream)
    expect(lab.attempts(stream).hedge()?.afterMs).toBe(900)
    expect(lab.router.explain(lab.table.resolve('a/m'), labRequest())).toMatchObject([{ health: 'good' }])
  })

  it('[R18] [R20] makes at most one in twenty requests dearer, however silent the first provider is', () => {
    const lab = openLab({ hedge, attempts_max: 3 })
    const went = Array.from({ length: 2_000 }, () => {
      lab.clock.advance(1)
      return hedged(lab.attempts())
    })
    expect(went.filter((second) => second !== null)).toHaveLength(100)
  })
})

describe('outcomes', () => {
  it.each([
    ['provider_error', { kind: 'failed' }],
    ['provider_overloaded', { kind: 'failed' }],
    ['provider_timeout', { kind: 'failed' }],
    ['provider_rate_limited', { kind: 'limited', retryAfterMs: 7_000 }],
    ['provider_auth', { kind: 'key_refused' }],
    ['provider_out_of_money', { kind: 'out_of_money' }],
    ['provider_refused', { kind: 'neutral' }],
    ['internal', { kind: 'neutral' }],
  ] as const)('[R13] reads %s as %j', (code, outcome) => {
    expect(outcomeOfFailure(code, 7)).toEqual(outcome)
  })
})
