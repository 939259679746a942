import { describe, expect, it } from 'vitest'
import { answered, labProvider } from '../fixtures/lab.ts'
import type { Outcome } from '../outcome.ts'
import type { Target } from '../target.ts'
import { openHealth } from './health.ts'

const two = labProvider('two', { apiKey: 'k1', furtherKeys: ['k2'] })
const big: Target = { provider: two, model: 'big' }
const small: Target = { provider: two, model: 'small' }

/** Health that was told how attempts ended: each line a target, a key and an outcome, all at time 0. */
function healthAfter(...told: readonly [Target, string | null, Outcome][]) {
  const health = openHealth()
  for (const [target, apiKey, outcome] of told) health.begin({ target, apiKey }, 0)(outcome, 0)
  const pick = (target: Target, preferred: string | null = null, except: readonly (string | null)[] = []) =>
    health.pick({ target, preferred, except }, 0)?.apiKey
  return { health, pick }
}

const limited: Outcome = { kind: 'limited', retryAfterMs: 30_000 }
const failures = (target: Target, kind: 'failed' | 'key_refused'): [Target, string, Outcome][] =>
  Array.from({ length: 5 }, () => [target, 'k1', { kind }])

describe('health', () => {
  it('[R16] takes the keys of a provider in turn', () => {
    const { health, pick } = healthAfter()
    const taken = [big, small, big, big].map((target) => {
      const apiKey = pick(target) ?? null
      health.begin({ target, apiKey }, 0)(answered(), 0)
      return apiKey
    })
    expect(taken).toEqual(['k1', 'k2', 'k1', 'k2'])
  })

  it('[R16] gives a preferred key while it can be used, and never one that was tried', () => {
    const { pick } = healthAfter([big, 'k1', answered()])
    expect([pick(big), pick(big, 'k1'), pick(big, 'unknown')]).toEqual(['k2', 'k1', 'k2'])
    expect([pick(big, 'k1', ['k1']), pick(big, null, ['k1', 'k2'])]).toEqual(['k2', undefined])
  })

  it('calls a provider that needs no key without one', () => {
    const target = { provider: labProvider('open', { apiKey: null }), model: 'm' }
    expect(healthAfter().health.pick({ target, preferred: null, except: [] }, 0)).toEqual({ target, apiKey: null })
  })

  it.each<[string, [Target, string, Outcome][], { big: string[]; small: string[] }]>([
    ['a limit rests the key for this model', [[big, 'k1', limited]], { big: ['k2'], small: ['k1', 'k2'] }],
    ['missing money takes the key out', [[big, 'k1', { kind: 'out_of_money' }]], { big: ['k2'], small: ['k2'] }],
    [
      'one refusal of a key takes nothing out',
      [[big, 'k1', { kind: 'key_refused' }]],
      { big: ['k1', 'k2'], small: ['k1', 'k2'] },
    ],
    ['five refusals rest the key for this model', failures(big, 'key_refused'), { big: ['k2'], small: ['k1', 'k2'] }],
    ['failures rest the model with all keys', failures(big, 'failed'), { big: [], small: ['k1', 'k2'] }],
    ['neutral endings rest nothing', [[big, 'k1', { kind: 'neutral' }]], { big: ['k1', 'k2'], small: ['k1', 'k2'] }],
  ])('[R15] %s', (_what, told, usable) => {
    const { pick } = healthAfter(...told)
    const keysFor = (target: Target): string[] => ['k1', 'k2'].filter((key) => pick(target, key) === key)
    expect({ big: keysFor(big), small: keysFor(small) }).toEqual(usable)
  })

  it('[R15] is hindered as long as every key is, and says until the first is back', () => {
    const { health } = healthAfter([big, 'k1', limited], [big, 'k2', { kind: 'limited', retryAfterMs: 10_000 }])
    expect(health.hindrance(big, 0)).toEqual({ kind: 'limited', forMs: 10_000 })
    expect(health.hindrance(big, 10_000)).toBeNull()
    expect(healthAfter([big, 'k1', limited]).health.hindrance(big, 0)).toBeNull()
  })

  it('[R14] forgets everything against a provider when told that it is well again', () => {
    const other = { provider: labProvider('twofold', { apiKey: 'k' }), model: 'm' }
    const { health } = healthAfter(
      [big, 'k1', { kind: 'out_of_money' }],
      [big, 'k2', { kind: 'out_of_money' }],
      [other, 'k', { kind: 'out_of_money' }],
    )
    expect(health.hindrance(big, 0)).toMatchObject({ kind: 'out_of_money' })
    health.revive('two')
    expect([health.hindrance(big, 0), health.hindrance(small, 0)]).toEqual([null, null])
    expect(health.hindrance(other, 0)).not.toBeNull()
  })
})
