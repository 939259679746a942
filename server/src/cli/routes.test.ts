import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import { labClock, labPrice, labRoute, labTable, noExchange } from '../routing/fixtures/lab.ts'
import { openRouter } from '../routing/router.ts'
import type { CliContext } from './context.ts'
import { routesCommand, type Routing } from './routes.ts'

type Ran = { readonly json: unknown[]; readonly tables: string[][][]; readonly notes: string[] }

const candidates = [
  { model: 'a/m', when: { stream: true } },
  { model: 'b/m', weight: 3 },
  { model: 'c/m', weight: 0 },
]

function openLab(promoted: string | null = null): Routing {
  const router = openRouter({
    clock: labClock(),
    random: () => 0.5,
    priceOf: ({ provider }, { usage, at }) => {
      const each = at < Date.parse('2025-01-01T00:00:00Z') ? 1 : 2
      return labPrice(provider.facts.id === 'b' ? String(each * (usage.input + 3 * usage.output)) : undefined)
    },
    worth: noExchange,
  })
  const lead = promoted === null ? null : { route: 'chat', model: promoted, since: 0, race: 'r1' }
  const leads = () => Promise.resolve({ of: (route: string) => (route === 'chat' ? lead : null) })
  return { table: labTable([labRoute({ candidates, strategy: 'weight' })]), router, leads }
}

async function run(...words: readonly string[]): Promise<Ran> {
  return runIn(openLab(), words)
}

async function runIn(lab: Routing, words: readonly string[]): Promise<Ran> {
  const ran: Ran = { json: [], tables: [], notes: [] }
  const output = {
    json: (value: unknown) => ran.json.push(value),
    table: (head: string[], rows: string[][]) => ran.tables.push([head, ...rows]),
    note: (text: string) => ran.notes.push(text),
  }
  const command = routesCommand({ output } as unknown as CliContext, () => Promise.resolve(lab))
  await command.parseAsync(words, { from: 'user' })
  return ran
}

describe('routes list', () => {
  it('shows what is written', async () => {
    const { tables } = await run('list')
    expect(tables[0]?.[1]).toEqual(['chat', 'weight', 'a/m (when stream true), b/m (weight 3), c/m (weight 0)'])
  })

  it('gives one object a line', async () => {
    const { json } = await run('list', '--json')
    expect(json).toEqual([
      {
        name: 'chat',
        strategy: 'weight',
        candidates: candidates.map(({ model, weight = 1, when = null }) => ({ model, weight, when })),
        missing: [],
        attempts_max: 3,
        sticky: true,
        hedge: null,
      },
    ])
  })
})

describe('routes explain', () => {
  it('[R21] gives each candidate its place, price, health and reason', async () => {
    const { tables, notes } = await run('explain', 'chat', '--prompt-tokens', '200', '--output-tokens', '10')
    expect(tables[0]).toEqual([
      ['PLACE', 'MODEL', 'PRICE', 'CACHED', 'HEALTH', 'REASON'],
      ['1', 'b/m', '230 USD', '0 %', 'good', 'drawn with weight 3 of 3'],
      ['-', 'a/m', 'unpriced', '0 %', 'good', 'only for streams'],
      ['-', 'c/m', 'unpriced', '0 %', 'good', 'weight 0: listed only'],
    ])
    expect(notes).toEqual(['The strategy of route chat is weight.', expect.stringContaining('just started')])
  })

  it('[R21] tells the prices of another instant', async () => {
    const priced = async (...words: string[]): Promise<unknown> =>
      (await run('explain', 'b/m', '--json', ...words)).json
    expect(await priced()).toMatchObject([{ price: '2500', currency: 'USD', cached_share: 0 }])
    expect(await priced('--at', '2025-01-01')).toMatchObject([{ price: '5000' }])
    expect(await priced('--at', '2025-01-01T00:00:00+01:00')).toMatchObject([{ price: '2500' }])
  })

  it('[R21] takes the request as it is described', async () => {
    const { json } = await run('explain', 'chat', '--stream', '--json')
    expect(json).toMatchObject([
      { place: 1, model: 'b/m', price: '2500', reason: 'drawn with weight 3 of 4' },
      { place: 2, model: 'a/m', price: null, reason: 'drawn with weight 1 of 4' },
      { place: null, model: 'c/m' },
    ])
  })

  it.each([
    [['explain', 'chat', '--prompt-tokens', 'many'], 'argument_invalid: --prompt-tokens takes a whole number'],
    [['explain', 'chat', '--at', 'yesterday'], 'argument_invalid: --at takes a day such as'],
    [['explain', 'chatt'], 'model_unknown: There is no model or route of this name here. Did you mean chat?'],
  ])('refuses %j', async (words, refusal) => {
    const refused = await run(...words).catch((thrown: unknown) =>
      thrown instanceof PaddockError ? `${thrown.code}: ${thrown.message}` : String(thrown),
    )
    expect(refused).toContain(refusal)
  })

  it('shows first what a race has promoted, and says so where no provider offers it any more', async () => {
    const { tables } = await runIn(openLab('c/m'), ['explain', 'chat', '--stream'])
    expect(tables[0]?.[1]?.slice(0, 2)).toEqual(['1', 'c/m'])
    expect(tables[0]?.[1]?.at(-1)).toBe('promoted by race r1')
    const gone = await runIn(openLab('z/gone'), ['explain', 'chat', '--stream'])
    expect(gone.tables[0]?.[1]?.[1]).not.toBe('z/gone')
    expect(gone.notes.join()).toContain('Race r1 has promoted z/gone, which no provider here offers')
  })
})
