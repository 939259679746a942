import type { Decimal } from '@paddock/contract/decimal'
import type { ConditionSetting, RouteSetting } from '@paddock/contract/routes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareDecimals } from './compare-decimals.ts'
import { unmetCondition } from './conditions.ts'
import {
  answered,
  labClock,
  labPrice,
  labProvider,
  labRandom,
  labRequest,
  labRoute,
  labTable,
  noExchange,
} from './fixtures/lab.ts'
import type { PriceOf, Worth } from './price.ts'
import type { Outcome } from './outcome.ts'
import type { Random } from './random.ts'
import { sessionOf, isSwitchedOn, type RequestFacts } from './request.ts'
import { openRouter } from './router.ts'
import type { Target } from './target.ts'

type Lab = { routes?: readonly RouteSetting[]; random?: Random; priceOf?: PriceOf; worth?: Worth }

function openLab({ routes = [labRoute()], random = () => 0.5, priceOf = () => null, worth = noExchange }: Lab = {}) {
  const clock = labClock()
  const router = openRouter({ clock, random, priceOf, worth })
  const table = labTable(routes)
  const placed = (request: Partial<RequestFacts> = {}, name = 'chat') =>
    router.orderTargets(table.resolve(name), labRequest(request)).placed
  return {
    clock,
    router,
    table,
    placed,
    order: (request: Partial<RequestFacts> = {}, name = 'chat') =>
      placed(request, name)
        .map(({ target }) => target.provider.facts.id)
        .join(''),
    reasons: (request: Partial<RequestFacts> = {}) => placed(request).map(({ reason }) => reason),
    /** One attempt at a pinned model or a route, that ends so. */
    tell: (name: string, outcome: Outcome, request: Partial<RequestFacts> = {}) => {
      router
        .attempts(router.orderTargets(table.resolve(name), labRequest(request)))
        .next()
        ?.end(outcome)
    },
  }
}

const route = (more: Partial<RouteSetting>): Lab => ({ routes: [labRoute(more)] })

describe('the strategy priority', () => {
  it('[R3] keeps the order written and says so', () => {
    const lab = openLab()
    expect(lab.order()).toBe('abc')
    expect(lab.reasons()).toEqual(['1 of 3 as written', '2 of 3 as written', '3 of 3 as written'])
  })

  it('[R3] leads a pinned model to itself alone', () => {
    const lab = openLab()
    expect(lab.order({}, 'b/m')).toBe('b')
    expect(lab.placed({}, 'b/m')[0].reason).toBe('the only candidate that can be called')
  })

  it('[R3] keeps to the targets that were left to the caller', () => {
    const lab = openLab()
    const destination = lab.table.resolve('chat')
    const [first, second] = destination.targets
    const only = { ...destination, targets: [second ?? first] as [Target] }
    const names = lab.router.orderTargets(only, labRequest()).placed.map(({ target }) => target.provider.facts.id)
    expect(names).toEqual(['b'])
  })
})

describe('the strategy weight', () => {
  const weights = [70, 20, 10]
  const weighted = labRoute({
    strategy: 'weight',
    candidates: ['a', 'b', 'c'].map((id, index) => ({ model: `${id}/m`, weight: weights[index] ?? 0 })),
  })

  it('[R4] puts each first, and each second behind another, as often as its weight says', () => {
    const lab = openLab({ routes: [weighted], random: labRandom(2024) })
    const drawn = 20_000
    const counts = new Map<string, number>()
    for (let draw = 0; draw < drawn; draw += 1) {
      const order = lab.order()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    // First a: 0.7; behind it b before c: 20 of 30. And so on for each of the six orders.
    for (const [order, share] of [
      ['abc', 0.7 * (20 / 30)],
      ['acb', 0.7 * (10 / 30)],
      ['bac', 0.2 * (70 / 80)],
      ['bca', 0.2 * (10 / 80)],
      ['cab', 0.1 * (70 / 90)],
      ['cba', 0.1 * (20 / 90)],
    ] as const) {
      const deviation = 4 * Math.sqrt((share * (1 - share)) / drawn)
      expect(Math.abs((counts.get(order) ?? 0) / drawn - share), order).toBeLessThan(deviation)
    }
  })

  it('[R4] explains itself by the shares, the likeliest order first', () => {
    expect(openLab({ routes: [weighted] }).reasons()).toEqual([
      'drawn with weight 70 of 100',
      'drawn with weight 20 of 100',
      'drawn with weight 10 of 100',
    ])
  })

  it.each(['priority', 'weight', 'cheapest', 'fastest'] as const)(
    '[R4] sends nothing to weight 0 under %s',
    (strategy) => {
      const candidates = [{ model: 'a/m', weight: 0 }, { model: 'b/m' }]
      expect(openLab(route({ strategy, candidates })).order()).toBe('b')
    },
  )
})

describe('the strategy cheapest', () => {
  const perToken: Readonly<Record<string, { input: number; cached: number; output: number } | undefined>> = {
    a: { input: 10, cached: 10, output: 30 },
    b: { input: 12, cached: 1, output: 30 },
  }
  const priceOf: PriceOf = ({ provider }, { usage }) => {
    const rate = perToken[provider.facts.id]
    if (!rate) return null
    return labPrice(String(usage.input * rate.input + usage.cached_input * rate.cached + usage.output * rate.output))
  }
  const cheapest = { ...route({ strategy: 'cheapest' }), priceOf }

  it('[R5] puts the lowest price of the request first, and what has no price last', () => {
    const lab = openLab(cheapest)
    expect(lab.order()).toBe('abc')
    expect(lab.reasons()).toEqual([
      'about 13000 USD for this request, the next 15000 USD',
      'about 15000 USD for this request',
      'no price known, so behind those with one',
    ])
  })

  it('[R5] counts as much of the prompt at the cached price as was measured there', () => {
    const lab = openLab(cheapest)
    lab.tell('b/m', answered({ input: 5_000, cached_input: 5_000, output: 100 }))
    expect(lab.order()).toBe('bac')
    expect(lab.reasons()[0]).toBe('about 9500 USD for this request, 50 % of its prompts cached, the next 13000 USD')
  })

  it('[R5] forgets the share when nothing was measured for long', () => {
    const lab = openLab(cheapest)
    lab.tell('b/m', answered({ input: 5_000, cached_input: 5_000, output: 100 }))
    lab.clock.advance(3 * 3_600_000)
    expect(lab.order()).toBe('abc')
  })

  it('[R5] compares decimals exactly, far beyond what a float can tell apart', () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 17n })
    fc.assert(
      fc.property(digits, digits, digits, digits, (whole, fraction, otherWhole, otherFraction) => {
        const decimal = (one: bigint, two: bigint): Decimal => `${one}.${String(two).padStart(18, '0')}` as Decimal
        const scaled = (one: bigint, two: bigint): bigint => one * 10n ** 18n + two
        const difference = scaled(whole, fraction) - scaled(otherWhole, otherFraction)
        const sign = difference < 0n ? -1 : difference > 0n ? 1 : 0
        expect(compareDecimals(decimal(whole, fraction), decimal(otherWhole, otherFraction))).toBe(sign)
      }),
    )
    expect(compareDecimals('0.8' as Decimal, '0.80' as Decimal)).toBe(0)
    expect(compareDecimals('-1' as Decimal, '-0.5' as Decimal)).toBe(-1)
    expect(compareDecimals('10' as Decimal, '9.999999999999999999' as Decimal)).toBe(1)
  })
})

describe('the strategy fastest', () => {
  const fastest = route({ strategy: 'fastest' })
  const streamed = (firstByteMs: number, tokensPerSecond: number): Outcome =>
    answered({ output: 1_000 }, { firstByteMs, durationMs: firstByteMs + 1_000_000 / tokensPerSecond })

  function measuredLab(more: Lab = {}) {
    const lab = openLab({ ...fastest, ...more })
    lab.tell('a/m', streamed(900, 100))
    lab.tell('b/m', streamed(100, 20))
    lab.tell('c/m', streamed(500, 50))
    return lab
  }

  it('[R6] puts the one first that is expected to finish this very answer soonest', () => {
    expect(measuredLab().order({ outputTokens: 5 })).toBe('bca')
    expect(measuredLab().order({ outputTokens: 2_000 })).toBe('acb')
    expect(measuredLab().reasons({ outputTokens: 5 })[0]).toBe('first byte after 100 ms, then 20 tokens/s')
  })

  it('[R6] tries what was not measured lately', () => {
    const lab = openLab(fastest)
    lab.tell('a/m', streamed(100, 100))
    expect(lab.order()).toBe('bca')
    const later = measuredLab()
    later.clock.advance(3_600_000)
    expect(later.order()).toBe('abc')
    expect(later.reasons()[0]).toBe('not measured lately, so tried')
  })

  it('[R6] lets what is old count for less', () => {
    const lab = measuredLab()
    lab.clock.advance(600_000)
    for (let answer = 0; answer < 3; answer += 1) lab.tell('b/m', streamed(4_000, 10))
    expect(lab.order({ outputTokens: 5 })).toBe('cab')
  })

  it('[R6] takes what fails for slow', () => {
    const lab = measuredLab()
    lab.tell('b/m', { kind: 'failed' })
    expect(lab.order({ outputTokens: 5 })).toBe('cab')
  })

  it('[R6] explores with one request in a hundred', () => {
    const chances = [0.0099, 0.99, 0.01, 0.5]
    const lab = measuredLab({ random: () => chances.shift() ?? 0.5 })
    expect(lab.order({ outputTokens: 5 })).toBe('abc')
    expect(lab.order({ outputTokens: 5 })).toBe('bca')
  })
})

describe('the strategy cheapest over two currencies', () => {
  const yuan: PriceOf = ({ provider }) => {
    const prices = { a: ['20', 'CNY'], b: ['2', 'USD'], c: ['21', 'CNY'] } as const
    const [amount, currency] = prices[provider.facts.id as 'a' | 'b' | 'c']
    return { amount: amount as Decimal, currency }
  }
  const cheapest = { ...route({ strategy: 'cheapest' }), priceOf: yuan }

  it('[R5] compares what the prices are worth in the currency of the first', () => {
    const worth: Worth = ({ amount, currency }, wanted) => {
      expect(wanted.currency).toBe('CNY')
      return currency === 'CNY' ? amount : (String(Number(amount) * 7) as Decimal)
    }
    const lab = openLab({ ...cheapest, worth })
    expect(lab.order()).toBe('bac')
    expect(lab.reasons()).toEqual([
      'about 2 USD for this request, which is 14 CNY, the next 20 CNY',
      'about 20 CNY for this request, the next 21 CNY',
      'about 21 CNY for this request',
    ])
  })

  it('[R5] puts what cannot be compared behind the rest, and says why', () => {
    const lab = openLab(cheapest)
    expect(lab.order()).toBe('acb')
    expect(lab.reasons()[2]).toBe(
      'about 2 USD for this request; no rate from USD to CNY, so behind those that can be compared',
    )
  })
})

describe('a route within a route', () => {
  const routes: RouteSetting[] = [
    { name: 'chat', candidates: [{ model: 'pool' }, { model: 'a/m' }, { model: 'c/m' }] },
    { name: 'pool', strategy: 'cheapest', candidates: [{ model: 'c/m' }, { model: 'b/m' }] },
  ]
  const priceOf: PriceOf = ({ provider }) => labPrice(provider.facts.id === 'b' ? '1' : '2')

  it('[R7] is ordered by its own strategy, stays together, and gives each target once', () => {
    const lab = openLab({ routes, priceOf })
    expect(lab.order()).toBe('bca')
    expect(lab.reasons()[0]).toBe('1 of 3 as written; in pool: about 1 USD for this request, the next 2 USD')
    expect(lab.table.resolve('chat').targets.map(({ provider }) => provider.facts.id)).toEqual(['c', 'b', 'a'])
  })

  it('[R7] is passed over whole when its condition does not hold', () => {
    const [chat, pool] = routes as [RouteSetting, RouteSetting]
    const outer = { ...chat, candidates: [{ model: 'pool', when: { stream: true } }, { model: 'a/m' }] }
    expect(openLab({ routes: [outer, pool], priceOf }).order()).toBe('a')
    expect(openLab({ routes: [outer, pool], priceOf }).order({ stream: true })).toBe('bca')
  })
})

describe('conditions', () => {
  it.each<[ConditionSetting, Partial<RequestFacts>, string | null]>([
    [{}, {}, null],
    [{ stream: true }, { stream: true }, null],
    [{ stream: true }, { stream: false }, 'only for streams'],
    [{ has_images: false }, { hasImages: true }, 'not for requests with images'],
    [{ has_tools: true }, { hasTools: false }, 'only for requests with tools'],
    [{ prompt_tokens: { lte: 8_000 } }, { promptTokens: 8_000 }, null],
    [
      { prompt_tokens: { lt: 8_000 } },
      { promptTokens: 8_000 },
      'only for prompts of < 8000 tokens; this one has about 8000',
    ],
    [
      { prompt_tokens: { lte: 8_000 } },
      { promptTokens: 8_001 },
      'only for prompts of ≤ 8000 tokens; this one has about 8001',
    ],
    [
      { prompt_tokens: { gt: 100, lte: 200 } },
      { promptTokens: 100 },
      'only for prompts of > 100 tokens; this one has about 100',
    ],
    [{ prompt_tokens: { gte: 100 } }, { promptTokens: 100 }, null],
    [{ tags: ['batch', 'eu'] }, { tags: ['eu', 'batch', 'x'] }, null],
    [{ tags: ['batch', 'eu'] }, { tags: ['eu'] }, 'only for requests tagged batch'],
    [{ key: 'k1' }, { key: 'k1' }, null],
    [{ key: ['k1', 'k2'] }, { key: 'k3' }, 'not for this key'],
    [{ team: 'research' }, { team: null }, 'not for this team'],
    [{ team: ['research'] }, { team: 'research' }, null],
    [{ stream: true, has_tools: true }, { stream: true, hasTools: false }, 'only for requests with tools'],
  ])('[R8] %j of %j: %s', (when, request, unmet) => {
    expect(unmetCondition(when, labRequest(request))).toBe(unmet)
  })

  it('[R8] choose the candidates of a request', () => {
    const candidates = [{ model: 'a/m', when: { prompt_tokens: { gt: 4_000 } } }, { model: 'b/m' }]
    const lab = openLab(route({ candidates }))
    expect([lab.order({ promptTokens: 4_000 }), lab.order({ promptTokens: 4_001 })]).toEqual(['b', 'ab'])
  })
})

describe('a session', () => {
  const session = { session: 's1' }

  it.each([
    [{ sessionId: '1', sessionAffinity: '2', promptCacheKey: '3', user: '4' }, '1'],
    [{ sessionAffinity: '2', promptCacheKey: '3', user: '4' }, '2'],
    [{ sessionId: '', promptCacheKey: '3', user: '4' }, '3'],
    [{ promptCacheKey: null, user: '4' }, '4'],
    [{}, null],
    [{ user: 'x'.repeat(5_000) }, 'x'.repeat(256)],
  ])('[R9] is named by %j: %s', (sources, name) => {
    expect(sessionOf(sources)).toBe(name)
  })

  it('[R9] stays with the candidate that answered it, others do not', () => {
    const lab = openLab()
    lab.tell('chat', { kind: 'out_of_money' }, session)
    lab.tell('chat', answered(), session)
    lab.router.revive('a')
    expect(lab.order(session)).toBe('bac')
    expect(lab.reasons(session)[0]).toBe('answered this session last')
    expect([lab.order(), lab.order({ session: 's2' }), lab.order({ ...session, key: 'key-2' })]).toEqual([
      'abc',
      'abc',
      'abc',
    ])
  })

  it('[R9] moves on when its candidate is not well, and stays with the next', () => {
    const lab = openLab()
    lab.tell('chat', answered(), session)
    lab.tell('a/m', { kind: 'limited', retryAfterMs: 60_000 })
    expect(lab.order(session)).toBe('bc')
    lab.tell('chat', answered(), session)
    lab.clock.advance(60_000)
    expect(lab.order(session)).toBe('bac')
  })

  it('[R9] ends an hour after its last answer', () => {
    const lab = openLab()
    lab.tell('a/m', { kind: 'limited', retryAfterMs: 1 })
    lab.tell('chat', answered(), session)
    lab.clock.advance(3_599_999)
    expect(lab.order(session)).toBe('bac')
    lab.clock.advance(1)
    expect(lab.order(session)).toBe('abc')
  })

  it('[R9] is not kept where the route does not want it', () => {
    const lab = openLab(route({ sticky: false }))
    lab.tell('a/m', { kind: 'limited', retryAfterMs: 1 })
    lab.tell('chat', answered(), session)
    lab.clock.advance(1)
    expect(lab.order(session)).toBe('abc')
  })

  it('[R9] keeps its key of a provider with several, because a prompt cache belongs to the key', () => {
    const clock = labClock()
    const router = openRouter({ clock, random: () => 0.5, priceOf: () => null, worth: noExchange })
    const table = labTable([], [labProvider('a', { apiKey: 'k1', furtherKeys: ['k2', 'k3'] })])
    const keys = (request: Partial<RequestFacts>): (string | null | undefined)[] =>
      Array.from({ length: 4 }, () => {
        const attempt = router.attempts(router.orderTargets(table.resolve('a/m'), labRequest(request))).next()
        attempt?.end(answered())
        return attempt?.apiKey
      })
    expect(keys({})).toEqual(['k1', 'k2', 'k3', 'k1'])
    expect(keys(session)).toEqual(['k2', 'k2', 'k2', 'k2'])
  })

  it.each([
    [undefined, false],
    ['', true],
    ['true', true],
    ['1', true],
    ['False', false],
    ['0', false],
  ])('[R17] X-No-Fallback: %s is %s', (header, wanted) => {
    expect(isSwitchedOn(header)).toBe(wanted)
  })
})

describe('an explanation', () => {
  it('[R21] gives each candidate its place, price, health and reason, and changes nothing', () => {
    const candidates = [
      { model: 'a/m' },
      { model: 'b/m' },
      { model: 'c/m', when: { has_images: true } },
      { model: 'c/other', weight: 0 },
    ]
    const priceOf: PriceOf = ({ provider }) => labPrice(provider.facts.id === 'b' ? '0.2' : undefined)
    const lab = openLab({ ...route({ candidates }), priceOf })
    lab.tell('a/m', { kind: 'limited', retryAfterMs: 30_000 })
    const explain = () => lab.router.explain(lab.table.resolve('chat'), labRequest())
    const unpriced = { place: null, price: null, currency: null, cached_share: 0, health: 'good' }
    const limited = 'limited by the provider, tried again in 30 s'
    expect(explain()).toEqual([
      {
        ...unpriced,
        place: 1,
        model: 'b/m',
        price: '0.2',
        currency: 'USD',
        reason: 'the only candidate that can be called',
      },
      { ...unpriced, model: 'a/m', health: limited, reason: limited },
      { ...unpriced, model: 'c/m', reason: 'only for requests with images' },
      { ...unpriced, model: 'c/other', reason: 'weight 0: listed only' },
    ])
    expect(explain()).toEqual(explain())
  })
})
