import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import type { Provider } from '../providers/provider.ts'
import { findActiveProviders, type Sources } from './active-providers.ts'
import { nearestNames } from './nearest.ts'
import { buildRoutingTable, type RoutingTable } from './table.ts'

const call: Sources['call'] = () => ({ resume: () => undefined, cancel: () => undefined })

const facts = (id: string, more: Partial<Provider> = {}): Provider => ({
  id,
  name: { en: id, zh: id, ja: id },
  dialect: 'openai-chat',
  baseUrl: `https://${id}.example/v1`,
  auth: 'bearer',
  keyEnv: [`${id.toUpperCase()}_API_KEY`],
  baseUrlEnv: [`${id.toUpperCase()}_BASE_URL`],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: ['a test'],
  unverified: [],
  ...more,
})

const known = [facts('north'), facts('south', { auth: 'optional', keyEnv: ['SOUTH_API_KEY'] })]
const sources = (more: Partial<Sources> = {}): Sources => ({
  known,
  settings: {},
  environment: {},
  call,
  listModels: (id) => (id === 'north' ? ['big', 'small'] : []),
  ...more,
})

const found = (more: Partial<Sources>): string[] =>
  findActiveProviders(sources(more)).map(
    ({ facts: { id, baseUrl }, apiKey, foundIn }) => `${id} ${baseUrl} ${apiKey ?? '-'} ${foundIn}`,
  )

const message = (act: () => unknown): string => {
  try {
    act()
    return 'nothing was thrown'
  } catch (thrown) {
    return thrown instanceof PaddockError ? `${thrown.code}: ${thrown.message}` : String(thrown)
  }
}

describe('providers that are set up', () => {
  it('are found by their key in the environment', () => {
    expect(found({ environment: { NORTH_API_KEY: 'n1' } })).toEqual(['north https://north.example/v1 n1 NORTH_API_KEY'])
    expect(found({ environment: { NORTH_API_KEY: '' } })).toEqual([])
    expect(found({})).toEqual([])
  })

  it('without a need for a key are found by their address', () => {
    for (const address of ['127.0.0.1:8000/v1/', '127.0.0.1:8000', 'http://127.0.0.1:8000/']) {
      expect(found({ environment: { SOUTH_BASE_URL: address } })).toEqual([
        'south http://127.0.0.1:8000/v1 - SOUTH_BASE_URL',
      ])
    }
  })

  it('move with their base URL', () => {
    expect(found({ environment: { NORTH_API_KEY: 'n1', NORTH_BASE_URL: 'https://proxy.example/north' } })).toEqual([
      'north https://proxy.example/north n1 NORTH_API_KEY',
    ])
  })

  it('may be there twice, by a suffix', () => {
    expect(found({ environment: { NORTH_API_KEY: 'n1', NORTH_EAST_API_KEY: 'n2' } })).toEqual([
      'north https://north.example/v1 n1 NORTH_API_KEY',
      'north-east https://north.example/v1 n2 NORTH_EAST_API_KEY',
    ])
  })

  it('of the file win over those of the environment', () => {
    const settings = {
      north: { api_key: 'from file' },
      lab: { base_url: 'http://127.0.0.1:9001/v1/', models: ['small'] },
    }
    expect(found({ settings, environment: { NORTH_API_KEY: 'n1' } })).toEqual([
      'north https://north.example/v1 from file paddock.yaml',
      'lab http://127.0.0.1:9001/v1 - paddock.yaml',
    ])
  })

  it('are refused without what they need', () => {
    expect(message(() => found({ settings: { north: {} } }))).toContain(
      'config_invalid: providers.north has no key. Write api_key: ${NORTH_API_KEY}',
    )
    expect(message(() => found({ settings: { lab: {} } }))).toContain(
      'providers.lab is not a known provider, so it needs base_url',
    )
  })
})

describe('the routing table', () => {
  const active = findActiveProviders(
    sources({
      environment: { NORTH_API_KEY: 'n1' },
      settings: { lab: { base_url: 'http://127.0.0.1:9001/v1', models: ['small', 'large'] } },
    }),
  )
  const table = (routes: Parameters<typeof buildRoutingTable>[0]['routes'] = []): RoutingTable =>
    buildRoutingTable({ providers: active, routes, known })
  const leads = (name: string, routes?: Parameters<typeof table>[0]): string[] =>
    table(routes)
      .resolve(name)
      .targets.map(({ provider, model }) => `${provider.facts.id}/${model}`)

  it.each([
    ['lab/small', ['lab/small']],
    ['north/big', ['north/big']],
    ['north/brand-new', ['north/brand-new']],
    ['big', ['north/big']],
    ['small', ['lab/small']],
  ])('leads %s to %j', (name, expected) => {
    expect(leads(name)).toEqual(expected)
  })

  it.each(['lab/unlisted', 'nobody/small', 'huge', '', '/', 'lab/'])('does not know %j', (name) => {
    expect(message(() => leads(name))).toContain('model_unknown')
  })

  it('suggests what was meant', () => {
    expect(message(() => leads('lab/smal'))).toContain('Did you mean lab/small')
    expect(message(() => leads('larg'))).toContain('lab/large')
  })

  it('leads a route to its candidates in order, but not to those of weight 0', () => {
    const routes = [
      {
        name: 'chat',
        candidates: [{ model: 'north/big' }, { model: 'lab/small', weight: 0 }, { model: 'lab/large', weight: 1 }],
      },
    ]
    expect(leads('chat', routes)).toEqual(['north/big', 'lab/large'])
    expect(table(routes).offered[0]).toEqual({ name: 'chat', provider: 'paddock', route: true })
  })

  it('warns of a candidate whose provider has no key, and refuses one that nobody knows', () => {
    const routes = [{ name: 'chat', candidates: [{ model: 'south/tiny' }, { model: 'lab/small' }] }]
    expect(leads('chat', routes)).toEqual(['lab/small'])
    expect(table(routes).warnings).toEqual([
      expect.stringContaining('south has no key (set SOUTH_API_KEY or SOUTH_BASE_URL)'),
    ])
    expect(message(() => table([{ name: 'chat', candidates: [{ model: 'nobody/x' }] }]))).toContain(
      'config_invalid: Route chat names nobody/x',
    )
    expect(message(() => leads('chat', [{ name: 'chat', candidates: [{ model: 'south/tiny' }] }]))).toContain(
      'route_unavailable',
    )
  })

  it('refuses two routes of one name', () => {
    const route = { name: 'chat', candidates: [{ model: 'lab/small' }] }
    expect(message(() => table([route, route]))).toContain('Two routes are called chat')
  })
})

describe('nearest names', () => {
  it.each([
    ['gpt-5-trubo', ['openai/gpt-5-turbo', 'lab/small'], ['openai/gpt-5-turbo']],
    ['GPT-4O', ['openai/gpt-4o'], ['openai/gpt-4o']],
    ['something else entirely', ['lab/small'], []],
    ['x'.repeat(500), ['lab/small'], []],
  ])('of %s among %j are %j', (typed, names, expected) => {
    expect(nearestNames(typed, names)).toEqual(expected)
  })
})
