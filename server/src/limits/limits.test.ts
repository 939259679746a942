import type { LimitsSetting } from '@paddock/contract/config'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { PaddockError } from '../base/errors.ts'
import { checkCaps } from './caps.ts'
import { limitHeaders } from './limit-headers.ts'
import { openLimits } from './limits.ts'
import { MemoryCounters } from './memory-counters.ts'
import type { Permit } from './permit.ts'
import { readLimitRules } from './rules.ts'
import type { Line } from './seats.ts'
import type { Who } from './who.ts'

const named = (id: string) => ({ id, name: id })

/** A caller's line that can be hung up. */
class TestLine implements Line {
  gone = false
  #react: (() => void) | null = null

  get isHeard(): boolean {
    return this.#react !== null
  }

  whenGone(react: (() => void) | null): void {
    this.#react = react
  }

  hangUp(): void {
    this.gone = true
    this.#react?.()
  }
}

type Wanted = { key?: string; team?: string; model?: string; tokens?: number; line?: Line; own?: Who['own'] }

function openTest(setting: LimitsSetting) {
  const clock = new MovingClock(7_000)
  let rules = readLimitRules(setting)
  const limits = openLimits({ clock, counters: new MemoryCounters(clock), rules: () => rules })
  const who = ({ key = 'k', team = 't', own = null }: Wanted): Who => {
    return { key: named(key), team: named(team), organisation: named('o'), own }
  }
  const ask = (wanted: Wanted = {}): Promise<Permit | null> => {
    const { model = 'lab/small', tokens = 10, line = new TestLine() } = wanted
    return limits.admit({ who: who(wanted), model, tokens, line })
  }
  return {
    clock,
    limits,
    who,
    ask,
    admitted: async (wanted?: Wanted): Promise<Permit> => (await ask(wanted))!,
    refused: (wanted?: Wanted): Promise<PaddockError> => refusalOf(ask(wanted)),
    replaceRules: (next: LimitsSetting) => {
      rules = readLimitRules(next)
    },
  }
}

async function refusalOf(asked: Promise<Permit | null>): Promise<PaddockError> {
  const outcome = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (outcome instanceof PaddockError) return outcome
  throw new Error('it was admitted')
}

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
    const test = openTest(setting)
    for (let asked = 0; asked < 3; asked += 1) (await test.admitted()).settle({ tokens: 5 })
    const refusal = await test.refused()
    expect(refusal).toMatchObject({ code: 'rate_limited', status: 429, spec: { retryable: true } })
    expect(refusal.message).toMatch(whose)
  })

  it('[L1] is counted for each by itself', async () => {
    const { ask, refused } = openTest({
      keys: { default: { rpm: 1 } },
      models: { 'lab/large': { per_key: { rpm: 1 } } },
    })
    await ask({ key: 'a' })
    await ask({ key: 'b', model: 'lab/large' })
    expect((await refused({ key: 'a', model: 'lab/large' })).message).toMatch(/of key a: /)
  })

  it('[L2] is waited for as long as Retry-After says', async () => {
    const { clock, ask, refused } = openTest({ keys: { k: { rpm: 1 } }, teams: { t: { tpm: 25 } } })
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
    const { ask, refused } = openTest({ keys: { default: { rpm: 2 } }, teams: { t: { rpm: 3 } } })
    await ask({ key: 'a' })
    await ask({ key: 'a' })
    for (let asked = 0; asked < 5; asked += 1) await refused({ key: 'a' })
    await ask({ key: 'b' })
    expect((await refused({ key: 'c' })).message).toMatch(/team t/)
  })

  it('[L4] gives back what was held too much, and counts what was held too little', async () => {
    const { clock, admitted, refused } = openTest({ keys: { k: { tpm: 100 } } })
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
    const { admitted, refused } = openTest({ keys: { k: { tpm: 100 } } })
    {
      using _permit = await admitted({ tokens: 90 })
    }
    expect((await refused({ tokens: 20 })).message).toMatch(/used or held 90,/)
  })

  it('[L4] takes only whole numbers of tokens', async () => {
    const { limits, ask, admitted } = openTest({ keys: { k: { tpm: 100, concurrent: 1 } } })
    await expect(ask({ tokens: Number.NaN })).rejects.toThrow('whole number')
    const permit = await admitted({ tokens: 90 })
    expect(() => permit.settle({ tokens: -1 })).toThrow('whole number')
    permit.settle({ tokens: 0 })
    expect(limits.status().running).toBe(0)
  })

  it('[L5] is not waited for by a request that needs more', async () => {
    const { refused } = openTest({ models: { 'lab/small': { tpm: 100 } } })
    const refusal = await refused({ tokens: 101 })
    expect(refusal).toMatchObject({ code: 'cap_exceeded', spec: { retryable: false } })
    expect(refusal.message).toMatch(/model lab\/small: limit 100, .* alone may need 101\. Waiting does not help/)
    expect(refusal.detail.retryAfterSeconds).toBeUndefined()
  })

  it('[L15] is what is stored with the key, and what the rules say from now on', async () => {
    const { ask, refused, replaceRules } = openTest({ keys: { default: { rpm: 1 } } })
    await ask({ own: { rpm: 2 } })
    await ask({ own: { rpm: 2 } })
    await refused({ own: { rpm: 2 } })
    replaceRules({})
    expect(await ask()).not.toBeNull()
  })
})

describe('headers', () => {
  it('[L14] show the windows with the least left', async () => {
    const { ask, admitted } = openTest({
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
    const { admitted, refused } = openTest({ keys: { k: { tpm: 100 } } })
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
    expect(limitHeaders((await openTest({}).admitted()).levels)).toEqual({})
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
    const { limits, ask, admitted } = openTest(setting)
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
    const { limits, ask, admitted } = openTest({ keys: { k: { concurrent: 1 } } })
    const first = await admitted()
    const others = [ask(), ask()]
    await settled()
    end(first)
    expect(await others[0]).not.toBeNull()
    await settled()
    expect(limits.status()).toEqual({ running: 1, waiting: 1 })
  })

  it('[L7] counts what runs also where there is no limit', async () => {
    const { limits, ask } = openTest({ concurrent: 'none' })
    for (let asked = 0; asked < 5_000; asked += 1) await ask({ key: `k${asked % 3}` })
    expect(limits.status()).toEqual({ running: 5_000, waiting: 0 })
  })

  it('[L10] refuses who is over its own limit with 429, and who finds the server full with 503', async () => {
    const { ask, refused } = openTest({
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
    const { clock, limits, ask, admitted } = openTest({ keys: { k: { concurrent: 1 } }, waiting: { seconds: 10 } })
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
    const { ask, refused } = openTest({
      keys: { k: { rpm: 2, tpm: 20, concurrent: 1 } },
      waiting: { requests: 0 },
    })
    await ask()
    for (let asked = 0; asked < 5; asked += 1) expect((await refused()).code).toBe('concurrency_limited')
  })

  it('[L11] lets a caller that hangs up leave, and counts nothing of it', async () => {
    const { limits, ask, admitted } = openTest({ keys: { k: { rpm: 2, concurrent: 1 } } })
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
    const { limits, ask } = openTest({})
    const line = new TestLine()
    line.hangUp()
    expect(await ask({ line })).toBeNull()
    expect(limits.status()).toEqual({ running: 0, waiting: 0 })
  })

  it('[L11] no longer listens to the line of a request that runs', async () => {
    const { ask, admitted } = openTest({ keys: { k: { concurrent: 1 } } })
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
    const { limits, who, ask } = openTest({ concurrent: 1, waiting: { requests: 2 } })
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
    const { limits, who, admitted } = openTest({ keys: { default: { choices_max: 2, rpm: 5 } } })
    const own = { choices_max: 1 }
    const facts = { maxTokens: null, n: 2, imageCount: 0, promptBytes: 10 }
    expect(checkCaps(limits.caps(who({})), facts)).toEqual({ maxTokens: null })
    expect(() => checkCaps(limits.caps(who({ own })), facts)).toThrow(expect.objectContaining({ code: 'cap_exceeded' }))
    expect((await admitted()).levels[0]?.used).toBe(1)
  })
})

describe('any traffic', () => {
  const SETTING: LimitsSetting = {
    keys: { default: { concurrent: 2, tpm: 150 } },
    models: { x: { concurrent: 3, rpm: 12 } },
    concurrent: 4,
    waiting: { requests: 5, seconds: 3 },
  }
  const step = fc.record({
    kind: fc.constantFrom('ask', 'ask', 'ask', 'settle', 'dispose', 'hang up', 'wait'),
    key: fc.constantFrom('a', 'b', 'c'),
    model: fc.constantFrom('x', 'y'),
    tokens: fc.nat(60),
    index: fc.nat(5),
  })

  it('[L4] [L7] [L8] [L10] [L11] keeps to every limit at every moment, and is at rest when all has ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { clock, limits, ask } = openTest(SETTING)
        const crowd = new Crowd()
        for (const { kind, key, model, tokens, index } of steps) {
          if (kind === 'ask') crowd.ask({ key, model }, (line) => ask({ key, model, tokens, line }))
          if (kind === 'settle') crowd.end(index, (permit) => permit.settle({ tokens }))
          if (kind === 'dispose') crowd.end(index, (permit) => permit[Symbol.dispose]())
          if (kind === 'hang up') crowd.waiting()[index]?.line.hangUp()
          if (kind === 'wait') {
            clock.advance(tokens * 50)
            limits.check(clock.elapsed())
          }
          await settled()
          expect(limits.status()).toEqual({ running: crowd.running().length, waiting: crowd.waiting().length })
          expect(crowd.waiting().length).toBeLessThanOrEqual(5)
          expect(crowd.running().length).toBeLessThanOrEqual(4)
          expect(crowd.running({ model: 'x' }).length).toBeLessThanOrEqual(3)
          for (const each of ['a', 'b', 'c']) expect(crowd.running({ key: each }).length).toBeLessThanOrEqual(2)
        }
        while (crowd.running().length > 0) {
          crowd.end(0, (permit) => permit.settle({ tokens: 0 }))
          await settled()
        }
        expect(limits.status()).toEqual({ running: 0, waiting: 0 })
      }),
    )
  })
})

type Asking = { key: string; model: string; line: TestLine; permit: Permit | null; isOver: boolean }

/** Requests as those who send them see them. */
class Crowd {
  readonly #all: Asking[] = []

  ask({ key, model }: { key: string; model: string }, send: (line: Line) => Promise<Permit | null>): void {
    const asking: Asking = { key, model, line: new TestLine(), permit: null, isOver: false }
    this.#all.push(asking)
    send(asking.line).then(
      (permit) => {
        asking.permit = permit
        asking.isOver = permit === null
      },
      () => {
        asking.isOver = true
      },
    )
  }

  end(index: number, act: (permit: Permit) => void): void {
    const ending = this.running()[index]
    if (!ending?.permit) return
    ending.isOver = true
    act(ending.permit)
  }

  running(of: { key?: string; model?: string } = {}): Asking[] {
    return this.#all.filter(
      ({ permit, isOver, key, model }) =>
        permit !== null && !isOver && (of.key ?? key) === key && (of.model ?? model) === model,
    )
  }

  waiting(): Asking[] {
    return this.#all.filter(({ permit, isOver }) => permit === null && !isOver)
  }
}

/** When everything that could go on by itself has done so. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
