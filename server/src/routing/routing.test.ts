import { configFile } from '@paddock/contract/config'
import type { Decimal } from '@paddock/contract/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import type { Provider } from '../providers/provider.ts'
import { keysOf } from './active-provider.ts'
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
  failures: { money: 'common', overload: 'common', filter: 'common' },
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

  it.each([
    ['nothing', '', 'https://north.example/v1'],
    ['a host', 'proxy.example', 'http://proxy.example/v1'],
    ['a port', ':8080', 'http://localhost:8080/v1'],
  ])('stay at or move to an address of %s', (_what, address, expected) => {
    expect(found({ environment: { NORTH_API_KEY: 'n1', NORTH_BASE_URL: address } })).toEqual([
      `north ${expected} n1 NORTH_API_KEY`,
    ])
  })

  it.each([
    [':11434', 'http://localhost:11434/v1'],
    ['0.0.0.0', 'http://0.0.0.0:11434/v1'],
    ['0.0.0.0/', 'http://0.0.0.0:11434/v1'],
    ['box/api', 'http://box:11434/api'],
    ['box:80', 'http://box/v1'],
    ['[::1]', 'http://[::1]:11434/v1'],
    ['[::1]:9000/v1', 'http://[::1]:9000/v1'],
    ['https://box.example', 'https://box.example/v1'],
    ['HTTP://box', 'http://box/v1'],
  ])('of a usual port keep it where %s names none', (address, expected) => {
    const local = facts('local', {
      auth: 'none',
      keyEnv: [],
      baseUrl: 'http://localhost:11434/v1',
      baseUrlEnv: ['LOCAL_BASE_URL', 'LOCAL_HOST'],
    })
    expect(found({ known: [local], environment: { LOCAL_BASE_URL: '', LOCAL_HOST: address } })).toEqual([
      `local ${expected} - LOCAL_HOST`,
    ])
    expect(message(() => found({ known: [local], environment: { LOCAL_HOST: `a b${'c'.repeat(99)}` } }))).toMatch(
      /^config_invalid: LOCAL_HOST must be a whole URL .*got "a bc{60}…"/,
    )
  })

  it.each([
    ['big,new', ['big', 'new'], false],
    ['', ['big', 'small'], true],
    [' , ', ['big', 'small'], true],
  ])('offer the models of %j', (listed, models, open) => {
    const [north] = findActiveProviders(sources({ environment: { NORTH_API_KEY: 'n1', NORTH_MODELS: listed } }))
    expect([north?.models, north?.open]).toEqual([models, open])
  })

  it('are not found by a key with a suffix alone: it may belong to something else', () => {
    expect(found({ environment: { NORTH_CLOUD_API_KEY: 'foreign' } })).toEqual([])
    const twoNames = facts('north', { keyEnv: ['N_API_KEY', 'NORTH_API_KEY'] })
    const environment = { N_API_KEY: 'n1', NORTH_MAPS_API_KEY: 'foreign' }
    expect(found({ known: [twoNames], environment })).toEqual(['north https://north.example/v1 n1 N_API_KEY'])
    const otherName = facts('north', { keyEnv: ['N_API_KEY'] })
    expect(found({ known: [otherName], environment })).toHaveLength(2)
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

  it('of the file are moved by the environment where the file does not say where they are', () => {
    const environment = { NORTH_API_KEY: 'n1', NORTH_BASE_URL: 'https://proxy.example/north' }
    expect(found({ settings: { north: { models: ['big'] } }, environment })).toEqual([
      'north https://proxy.example/north n1 paddock.yaml',
    ])
    expect(found({ settings: { north: { base_url: 'https://file.example/v1' } }, environment })).toEqual([
      'north https://file.example/v1 n1 paddock.yaml',
    ])
  })

  it.each([
    [{ api_key: 'k1' }, ['k1']],
    [{ api_keys: ['k1', 'k2'] }, ['k1', 'k2']],
    [{ api_key: 'k1', api_keys: ['k2', 'k1'] }, ['k1', 'k2']],
    [{}, ['n1']],
  ])('[R16] have the keys of %j', (setting, keys) => {
    const [north] = findActiveProviders(sources({ settings: { north: setting }, environment: { NORTH_API_KEY: 'n1' } }))
    expect(north && keysOf(north)).toEqual(keys)
  })

  it('differ from their dialect in nothing but their codes, once they are spoken to in another', () => {
    const spelling = { thinkTags: true, filterCodes: ['unsafe'] }
    const spellings = (dialect?: Provider['dialect']): unknown[] =>
      findActiveProviders({
        ...sources({ environment: { NORTH_API_KEY: 'n1' } }),
        known: [facts('north', { spelling })],
        settings: { north: dialect === undefined ? {} : { dialect } },
      }).map((active) => active.facts.spelling)
    expect(spellings()).toEqual([spelling])
    expect(spellings('openai-chat')).toEqual([spelling])
    expect(spellings('gemini')).toEqual([{ filterCodes: ['unsafe'] }])
  })

  it('[R16] nobody wrote facts for are called with any of their keys, or with none', () => {
    const lab = { base_url: 'http://127.0.0.1:9001/v1' }
    const [keyed, open] = findActiveProviders(
      sources({ settings: { keyed: { ...lab, api_keys: ['k1', 'k2'] }, open: lab } }),
    )
    expect([keyed?.facts.auth, keyed && keysOf(keyed)]).toEqual(['bearer', ['k1', 'k2']])
    expect([open?.facts.auth, open && keysOf(open)]).toEqual(['none', [null]])
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
  ])('[R1] leads %s to %j', (name, expected) => {
    expect(leads(name)).toEqual(expected)
  })

  it.each(['lab/unlisted', 'nobody/small', 'huge', '', '/', 'lab/'])('[R1] does not know %j', (name) => {
    expect(message(() => leads(name))).toContain('model_unknown')
  })

  it('[R1] suggests what was meant', () => {
    expect(message(() => leads('lab/smal'))).toContain('Did you mean lab/small')
    expect(message(() => leads('larg'))).toContain('lab/large')
  })

  it('[R1] leads a route to its candidates in order, but not to those of weight 0', () => {
    const routes = [
      {
        name: 'chat',
        candidates: [{ model: 'north/big' }, { model: 'lab/small', weight: 0 }, { model: 'lab/large', weight: 1 }],
      },
    ]
    expect(leads('chat', routes)).toEqual(['north/big', 'lab/large'])
    expect(table(routes).offered[0]).toEqual({ name: 'chat', provider: 'paddock', route: true })
  })

  it('[R1] warns of a candidate whose provider has no key, and refuses one that nobody knows', () => {
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

  it('[R20] warns of a hedge that has nobody else to ask', () => {
    const hedge = { after_ms: 800, cost_cap: '1' as Decimal }
    expect(table([{ name: 'chat', candidates: [{ model: 'lab/small' }], hedge }]).warnings).toEqual([
      expect.stringMatching(/^The hedge of route chat does nothing:/),
    ])
  })

  it('[R2] refuses two routes of one name', () => {
    const route = { name: 'chat', candidates: [{ model: 'lab/small' }] }
    expect(message(() => table([route, route]))).toContain('Two routes are called chat')
  })
})

describe('the routes of a configuration', () => {
  const refusals = (routes: unknown): string[] => {
    const { error } = configFile.safeParse({ routes })
    return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
  }
  const to = (name: string, ...models: string[]): object => ({ name, candidates: models.map((model) => ({ model })) })

  it.each<[string, unknown, string[]]>([
    ['nothing wrong', [to('a', 'b', 'x/m'), to('b', 'c'), to('c', 'x/m'), to('d', 'b', 'c')], []],
    [
      'two routes of one name',
      [to('a', 'x/m'), to('b', 'x/m'), to('a', 'x/m')],
      ['routes.2.name: Two routes are called a. Give one of them another name.'],
    ],
    [
      'weights that add up to 0',
      [
        {
          name: 'a',
          candidates: [
            { model: 'x/m', weight: 0 },
            { model: 'y/m', weight: 0 },
          ],
        },
      ],
      [expect.stringMatching(/^routes\.0\.candidates: The weights of route a add up to 0.*Give a candidate a weight/)],
    ],
    [
      'a route that is its own candidate',
      [to('a', 'x/m', 'a')],
      [
        expect.stringMatching(
          /^routes\.0\.candidates\.1\.model: Route a names itself as a candidate\. Name a provider/,
        ),
      ],
    ],
    [
      'a cycle of two',
      [to('a', 'b'), to('b', 'a')],
      [expect.stringMatching(/^routes\.1\.candidates\.0\.model: Routes lead in a cycle: a → b → a\./)],
    ],
    [
      'a cycle behind others',
      [to('z', 'x/m', 'a'), to('a', 'b'), to('b', 'c'), to('c', 'y/m', 'a')],
      [expect.stringMatching(/^routes\.3\.candidates\.1\.model: Routes lead in a cycle: a → b → c → a\./)],
    ],
    [
      'an unknown strategy',
      [{ ...to('a', 'x/m'), strategy: 'random' }],
      ['routes.0.strategy: write one of priority, weight, cheapest, fastest'],
    ],
    [
      'candidates that are no list',
      [{ name: 'a', candidates: 'x/m' }, to('b', 'x/m'), 'c'],
      [
        'routes.0.candidates: Invalid input: expected array, received string',
        'routes.2: Invalid input: expected object, received string',
      ],
    ],
    ['no candidates', [to('a')], ['routes.0.candidates: name at least one candidate']],
    [
      'an empty range',
      [{ name: 'a', candidates: [{ model: 'x/m', when: { prompt_tokens: {} } }] }],
      ['routes.0.candidates.0.when.prompt_tokens: set at least one of lt, lte, gt and gte'],
    ],
    [
      'a hedge with two delays',
      [{ ...to('a', 'x/m'), hedge: { after_ms: 5, after_p95: true, cost_cap: '1' } }],
      ['routes.0.hedge: set either after_ms or after_p95: true'],
    ],
    [
      'a hedge without a cap in text',
      [{ ...to('a', 'x/m'), hedge: { after_ms: 5, cost_cap: '1e3' } }],
      ['routes.0.hedge.cost_cap: write what a second attempt may cost as text, such as "0.01"'],
    ],
  ])('[R2] are refused with place and fix: %s', (_what, routes, expected) => {
    expect(refusals(routes)).toEqual(expected)
  })

  it('[R2] are refused in every cycle there is, and in no other case', () => {
    const names = ['a', 'b', 'c', 'd']
    const edges = fc.array(fc.subarray(names), { minLength: names.length, maxLength: names.length })
    fc.assert(
      fc.property(edges, (targets) => {
        const routes = names.map((name, index) => to(name, 'x/m', ...(targets[index] ?? [])))
        // Routes without a cycle can be taken away one by one, each once all it leads to is gone.
        let left = names
        for (let before = -1; before !== left.length;) {
          before = left.length
          left = left.filter((name) => targets[names.indexOf(name)]?.some((each) => left.includes(each)))
        }
        expect(refusals(routes).length > 0).toBe(left.length > 0)
      }),
    )
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
