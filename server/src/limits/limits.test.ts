import type { LimitsSetting } from '@paddock/contract/config'
import { describe, expect, it } from 'vitest'
import { openTestLimits, refusalOf, settled, TestLine } from '../../../tests/stand-ins/open-test-limits.ts'
import { checkCaps } from './caps.ts'
import { limitHeaders } from './limit-headers.ts'
import type { Permit } from './permit.ts'

describe('a minute', () => {
  const everywhere: readonly [what: string, setting: LimitsSetting, whose: RegExp][] = [
    ['a key', { keys: { k: { rpm: 3 } } }, /^Requests a minute of key k: limit 3, used or held 3\. /],
    ['a team', { teams: { t: { rpm: 3 } } }, /of team t: limit 3,/],
    ['an organisation', { organisations: { default: { rpm: 3 } } }, /of organisation o: limit 3,/],
    ['a model', { models: { 'lab/small': { rpm: 3 } } }, /of model lab\/small: limit 3,/],
    [
      'a model for each key',
      { models: { default: { per_key: { rpm: 3 } } } },
      /of key k with model lab\/small: limit 3,/,
    ],
  ]
  it.each(everywhere)('[L1] limits the requests of %s', async (_what, setting, whose) => {
    const test = openTestLimits(setting)
    for (let asked = 0; asked < 3; asked += 1) (await test.admitted()).settle({ tokens: 5 })
    const refusal = await test.refused()
    expect(refusal).toMatchObject({ code: 'rate_limited', status: 429, spec: { retryable: true } })
    expect(refusal.message).toMatch(whose)
  })

  it('[L1] is counted for each by itself', async () => {
    const { ask, refused } = openTestLimits({
      keys: { default: { rpm: 1 } },
      models: { 'lab/large': { per_key: { rpm: 1 } } },
    })
    await ask({ key: 'a' })
    await ask({ key: 'b', model: 'lab/large' })
    expect((await refused({ key: 'a', model: 'lab/large' })).message).toMatch(/of key a: /)
  })

  it('[L2] is waited for as long as Retry-After says', async () => {
    const { clock, ask, refused } = openTestLimits({ keys: { k: { rpm: 1 } }, teams: { t: { tpm: 25 } } })
    await ask({ key: 'other' })
    clock.advance(12_345)
    await ask({ tokens: 15 })
    const { message, detail } = await refused()
    // The team's tokens would be free 12 seconds earlier, but the key's request is not.
    expect(detail.headers?.['retry-after-ms']).toBe('60055')
    expect([detail.retryAfterSeconds, message]).toEqual([61, expect.stringMatching(/admitted in 61 s\./)])
    clock.advance(60_054)
    await refused()
    clock.advance(1)
    expect(await ask()).not.toBeNull()
  })

  it('[L3] counts nothing of what is refused', async () => {
    const { ask, refused } = openTestLimits({ keys: { default: { rpm: 2 } }, teams: { t: { rpm: 3 } } })
    await ask({ key: 'a' })
    await ask({ key: 'a' })
    for (let asked = 0; asked < 5; asked += 1) await refused({ key: 'a' })
    await ask({ key: 'b' })
    expect((await refused({ key: 'c' })).message).toMatch(/team t/)
  })

  it('[L4] gives back what was held too much, and counts what was held too little', async () => {
    const { clock, admitted, refused } = openTestLimits({ keys: { k: { tpm: 100 } } })
    const first = await admitted({ tokens: 90 })
    expect((await refused({ tokens: 20 })).message).toMatch(
      /^Tokens a minute.*limit 100, used or held 90, .* need 20\./,
    )
    first.settle({ tokens: 30 })
    first.settle({ tokens: 0 })
    const second = await admitted({ tokens: 70 })
    clock.advance(40_000)
    second.settle({ tokens: 150 })
    expect((await refused({ tokens: 1 })).message).toMatch(/used or held 180,/)
    clock.advance(20_100)
    // The 100 from the beginning have gone; what came as a surprise after 40 seconds stays for a minute.
    expect((await refused({ tokens: 21 })).message).toMatch(/used or held 80,/)
    await admitted({ tokens: 20 })
  })

  it('[L4] keeps what was held when nobody says what was used', async () => {
    const { admitted, refused } = openTestLimits({ keys: { k: { tpm: 100 } } })
    {
      using _permit = await admitted({ tokens: 90 })
    }
    expect((await refused({ tokens: 20 })).message).toMatch(/used or held 90,/)
  })

  it('[L4] takes only whole numbers of tokens', async () => {
    const { limits, ask, admitted } = openTestLimits({ keys: { k: { tpm: 100, concurrent: 1 } } })
    await expect(ask({ tokens: Number.NaN })).rejects.toThrow('whole number')
    const permit = await admitted({ tokens: 90 })
    expect(() => permit.settle({ tokens: -1 })).toThrow('whole number')
    permit.settle({ tokens: 0 })
    expect(limits.status().running).toBe(0)
  })

  it('[L5] is not waited for by a request that needs more', async () => {
    const { refused } = openTestLimits({ models: { 'lab/small': { tpm: 100 } } })
    const refusal = await refused({ tokens: 101 })
    expect(refusal).toMatchObject({ code: 'cap_exceeded', spec: { retryable: false } })
    expect(refusal.message).toMatch(/model lab\/small: limit 100, .* alone may need 101\. Waiting does not help/)
    expect(refusal.detail.retryAfterSeconds).toBeUndefined()
  })

  it('[L15] is what is stored with the key, and what the rules say from now on', async () => {
    const { ask, refused, replaceRules } = openTestLimits({ keys: { default: { rpm: 1 } } })
    await ask({ own: { rpm: 2 } })
    await ask({ own: { rpm: 2 } })
    await refused({ own: { rpm: 2 } })
    replaceRules({})
    expect(await ask()).not.toBeNull()
  })
})

describe('headers', () => {
  it('[L14] show the windows with the least left', async () => {
    const { ask, admitted } = openTestLimits({
      keys: { k: { rpm: 10, tpm: 1_000 } },
      teams: { t: { rpm: 5, tpm: 50_000 } },
    })
    for (let asked = 0; asked < 2; asked += 1) await ask({ key: 'other' })
    expect(limitHeaders((await admitted({ tokens: 400 })).levels)).toEqual({
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '2',
      'x-ratelimit-reset-requests': '61s',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-tokens': '600',
      'x-ratelimit-reset-tokens': '61s',
    })
  })

  it('[L14] are sent with a refusal, and never show less than nothing', async () => {
    const { admitted, refused } = openTestLimits({ keys: { k: { tpm: 100 } } })
    const permit = await admitted({ tokens: 90 })
    permit.settle({ tokens: 300 })
    expect((await refused()).detail.headers).toEqual({
      'retry-after-ms': '60100',
      'x-ratelimit-limit-tokens': '100',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '61s',
    })
  })

  it('[L14] are left out where there is no limit', async () => {
    expect(limitHeaders((await openTestLimits({}).admitted()).levels)).toEqual({})
  })
})

describe('at once', () => {
  const everywhere: readonly [what: string, setting: LimitsSetting][] = [
    ['a key', { keys: { k: { concurrent: 1 } } }],
    ['a team', { teams: { t: { concurrent: 1 } } }],
    ['an organisation', { organisations: { o: { concurrent: 1 } } }],
    ['a model', { models: { 'lab/small': { concurrent: 1 } } }],
    ['a model for each key', { models: { 'lab/small': { per_key: { concurrent: 1 } } } }],
    ['the server', { concurrent: 1 }],
  ]
  it.each(everywhere)('[L7] runs as many requests of %s as it may', async (_what, setting) => {
    const { limits, ask, admitted } = openTestLimits(setting)
    const first = await admitted()
    const second = ask()
    await settled()
    expect(limits.status()).toEqual({ running: 1, waiting: 1 })
    first.settle({ tokens: 1 })
    expect(await second).not.toBeNull()
    expect(limits.status()).toEqual({ running: 1, waiting: 0 })
  })

  it.each([
    ['settled twice', (permit: Permit) => [1, 2].forEach((tokens) => permit.settle({ tokens }))],
    ['settled and disposed', (permit: Permit) => [permit.settle({ tokens: 1 }), permit[Symbol.dispose]()]],
    ['disposed twice', (permit: Permit) => [permit[Symbol.dispose](), permit[Symbol.dispose]()]],
  ])('[L8] frees a place once when a permit is %s', async (_how, end) => {
    const { limits, ask, admitted } = openTestLimits({ keys: { k: { concurrent: 1 } } })
    const first = await admitted()
    const others = [ask(), ask()]
    await settled()
    end(first)
    expect(await others[0]).not.toBeNull()
    await settled()
    expect(limits.status()).toEqual({ running: 1, waiting: 1 })
  })

  it('[L7] counts what runs also where there is no limit', async () => {
    const { limits, ask } = openTestLimits({ concurrent: 'none' })
    for (let asked = 0; asked < 5_000; asked += 1) await ask({ key: `k${asked % 3}` })
    expect(limits.status()).toEqual({ running: 5_000, waiting: 0 })
  })

  it('[L10] refuses who is over its own limit with 429, and who finds the server full with 503', async () => {
    const { ask, refused } = openTestLimits({
      keys: { a: { concurrent: 1 } },
      concurrent: 2,
      waiting: { requests: 0 },
    })
    await ask({ key: 'a' })
    const over = await refused({ key: 'a' })
    expect(over).toMatchObject({ code: 'concurrency_limited', status: 429, detail: { retryAfterSeconds: 1 } })
    expect(over.message).toMatch(/^Requests at once of key a: limit 1, running 1, and as many wait already/)
    await ask({ key: 'b' })
    expect(await refused({ key: 'b' })).toMatchObject({
      code: 'overloaded',
      status: 503,
      detail: { retryAfterSeconds: 1 },
    })
    expect(await refused({ key: 'a' })).toMatchObject({ code: 'concurrency_limited' })
  })

  it('[L10] refuses who has waited too long, and guesses when to come again by how long requests take', async () => {
    const { clock, limits, ask, admitted } = openTestLimits({
      keys: { k: { concurrent: 1 } },
      waiting: { seconds: 10 },
    })
    for (let past = 0; past < 100; past += 1) {
      const permit = await admitted()
      clock.advance(20_000)
      permit.settle({ tokens: 1 })
    }
    await ask()
    const late = refusalOf(ask())
    await settled()
    clock.advance(9_999)
    limits.check(clock.elapsed())
    expect(limits.status().waiting).toBe(1)
    clock.advance(1)
    limits.check(clock.elapsed())
    expect(await late).toMatchObject({ code: 'concurrency_limited', detail: { retryAfterSeconds: 20 } })
    expect((await late).message).toMatch(/its turn did not come in time\. .* in about 20 s/)
  })

  it('[L3] gives back what a request took that found no place', async () => {
    const { ask, refused } = openTestLimits({
      keys: { k: { rpm: 2, tpm: 20, concurrent: 1 } },
      waiting: { requests: 0 },
    })
    await ask()
    for (let asked = 0; asked < 5; asked += 1) expect((await refused()).code).toBe('concurrency_limited')
  })

  it('[L11] lets a caller that hangs up leave, and counts nothing of it', async () => {
    const { limits, ask, admitted } = openTestLimits({ keys: { k: { rpm: 2, concurrent: 1 } } })
    const first = await admitted()
    const line = new TestLine()
    const gone = ask({ line })
    await settled()
    line.hangUp()
    expect(await gone).toBeNull()
    expect(limits.status()).toEqual({ running: 1, waiting: 0 })
    first.settle({ tokens: 1 })
    expect((await admitted()).levels[0]?.used).toBe(2)
  })

  it('[L11] admits nobody who has hung up already', async () => {
    const { limits, ask } = openTestLimits({})
    const line = new TestLine()
    line.hangUp()
    expect(await ask({ line })).toBeNull()
    expect(limits.status()).toEqual({ running: 0, waiting: 0 })
  })

  it('[L11] no longer listens to the line of a request that runs', async () => {
    const { ask, admitted } = openTestLimits({ keys: { k: { concurrent: 1 } } })
    const first = await admitted()
    const line = new TestLine()
    const second = ask({ line })
    await settled()
    expect(line.isHeard).toBe(true)
    first.settle({ tokens: 1 })
    await second
    expect(line.isHeard).toBe(false)
  })

  it('[L12] turns away before a body is read only who could not even wait', async () => {
    const { limits, who, ask } = openTestLimits({ concurrent: 1, waiting: { requests: 2 } })
    limits.turnAway(who({ key: 'a' }))
    await ask({ key: 'a' })
    limits.turnAway(who({ key: 'a' }))
    const waiting = [1, 2].map(() => refusalOf(ask({ key: 'a' })))
    await settled()
    expect(() => limits.turnAway(who({ key: 'a' }))).toThrow(expect.objectContaining({ code: 'overloaded' }))
    // Another key waits in the place of one of these.
    limits.turnAway(who({ key: 'b' }))
    limits.stop()
    for (const refusal of waiting) expect(await refusal).toMatchObject({ code: 'server_shutdown' })
    expect(limits.status()).toEqual({ running: 1, waiting: 0 })
  })
})

describe('caps', () => {
  it('[L13] are those of the key, and come before anything is taken', async () => {
    const { limits, who, admitted } = openTestLimits({ keys: { default: { choices_max: 2, rpm: 5 } } })
    const own = { choices_max: 1 }
    const fields = { conversation: 'messages', maxTokens: 'max_tokens' }
    const facts = { maxTokens: null, n: 2, imageCount: 0, promptBytes: 10, fields }
    expect(checkCaps(limits.caps(who({})), facts)).toEqual({ maxTokens: null })
    expect(() => checkCaps(limits.caps(who({ own })), facts)).toThrow(expect.objectContaining({ code: 'cap_exceeded' }))
    expect((await admitted()).levels[0]?.used).toBe(1)
  })
})
