import { describe, expect, it } from 'vitest'
import { stateOf, type Provider } from './provider.ts'

const USAGE = { input: 0, cached_input: 0, cache_write: 0, cache_write_1h: 0, output: 0, reasoning: 0 }

function provider(more: Partial<Provider>, requests = 0, failed = 0): Provider {
  return {
    id: 'lab',
    name: { en: 'Lab', zh: 'Lab', ja: 'Lab' },
    dialect: 'openai-chat',
    base_url: 'https://lab.example/v1',
    currency: 'USD',
    active: true,
    practice: false,
    made_here: false,
    found_in: 'LAB_API_KEY',
    needs_key: true,
    keys: 1,
    entered_key: null,
    models: ['small', 'large'],
    open: false,
    hindrances: [],
    last_day: { requests, failed, unpriced: 0, usage: USAGE, cost: [], charge: [] },
    speeds: [],
    tells_balance: false,
    ...more,
  }
}

describe('the state of a provider', () => {
  it('says first what keeps it from being called', () => {
    expect(stateOf(provider({ active: false }))).toBe('idle')
    expect(stateOf(provider({ active: false, made_here: true }))).toBe('keyMissing')
    const one = { model: 'small', health: 'failing, tried again in 30 s' }
    expect(stateOf(provider({ hindrances: [one] }, 10))).toBe('partlyHeldBack')
    expect(stateOf(provider({ hindrances: [one, { ...one, model: 'large' }] }, 10))).toBe('heldBack')
  })

  it('says next how it has done lately', () => {
    expect(stateOf(provider({}))).toBe('ready')
    expect(stateOf(provider({}, 100, 5))).toBe('working')
    expect(stateOf(provider({}, 100, 6))).toBe('failing')
    expect(stateOf(provider({ practice: true }, 100, 6))).toBe('practice')
  })
})
