import { join } from 'node:path'
import Big from 'big.js'
import type { Amount, EntryRecord } from '@paddock/contract/entry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOf, PASSWORD, tokenOf, type Client } from '../control/client.ts'
import { openWorkspace, type Workspace } from '../paddock.ts'

/**
 * The whole loop, as the demo tells it and the control plane shows it: a price drops, a race is proposed, run and decided, the
 * route is led elsewhere, and the bill falls. Every number is added up again from the entries, by a library that is not ours.
 */

/** From 30 April to 4 June: what is proposed, raced, promoted, rejected and rolled back. */
const DAYS = 36
const AT = ['--data', 'paddock-demo', '--config', join('paddock-demo', 'paddock.yaml')] as const
const DAY_MS = 86_400_000

let workspace: Workspace
let entries: readonly EntryRecord[]
let client: Client
let session: string

const paddock = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await workspace.run(args)
  expect(err).not.toContain('rror')
  expect(code).toBe(0)
  return out
}
const lines = <Line>(text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
// What is asked of an answer differs from test to test.
// oxlint-disable-next-line typescript/no-explicit-any
const get = async (path: string): Promise<any> => {
  const answer = await client(`GET /api/${path}`, { as: { session } })
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}
const sum = (amounts: readonly (Amount['amount'] | string)[]): string =>
  amounts.reduce((total, amount) => total.plus(amount ?? 0), new Big(0)).toFixed(12)

beforeAll(async () => {
  workspace = openWorkspace()
  await paddock('demo', '--days', String(DAYS), '--json')
  expect(JSON.parse(await paddock('books', 'verify', '--data', 'paddock-demo', '--json'))).toMatchObject({ ok: true })
  entries = lines<EntryRecord>(await paddock('books', 'export', '--format', 'jsonl', '--data', 'paddock-demo'))
  const server = await workspace.serve({ args: [...AT], environment: { PADDOCK_PRACTICE_SPEED: '0' } })
  client = clientOf(server.url)
  const body = { token: tokenOf(server.started.setupLink), email: 'o@example.com', name: 'Olga', password: PASSWORD }
  session = (await client('POST /api/setup', { body })).session
}, 400_000)

afterAll(() => workspace[Symbol.asyncDispose]())

type Event = { at: string; kind: string; route: string | null; model: string | null; race: string | null }
type Line = { currency: string; amounts: string[] }

const SPAN = 'from=2024-04-30&to=2024-06-05'

const raceOn = async (route: string): Promise<{ id: string; state: string; promotion: { at: string } | null }> =>
  (await get(`races?route=${route}`)).items[0]

/** What a usage costs at GPT-4o, by the list of May 2024: 5 and 15 dollars a million. */
const atChampion = ({ usage }: EntryRecord): Big =>
  new Big(usage.input + usage.cached_input).times(5).plus(new Big(usage.output).times(15)).div(1_000_000)

describe('the story of the demo, through the API', { timeout: 120_000 }, () => {
  it('is told in its order: price drop, proposal, race, promotion', async () => {
    const { events } = (await get(`overview/timeline?${SPAN}&route=chat`)) as { events: Event[] }
    expect(events.map(({ kind, model }) => `${kind} ${model ?? ''}`.trim())).toEqual([
      'price_drop dashscope/qwen-long',
      'proposal dashscope/qwen-long',
      'start',
      'drop deepseek/deepseek-chat',
      'propose dashscope/qwen-long',
      'promote dashscope/qwen-long',
      'settle dashscope/qwen-long',
    ])
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted())
    const [proposal] = (await get('races/proposals?open=false')).items.filter(
      ({ route }: { route: string }) => route === 'chat',
    )
    expect(proposal).toMatchObject({ champion: 'openai/gpt-4o', race: events[2]?.race })
    const all = (await get(`overview/timeline?${SPAN}`)).events as Event[]
    for (const kind of ['reject', 'promote', 'rollback'])
      expect(
        all.map((event) => event.kind),
        kind,
      ).toContain(kind)
  })

  it('[H42] shows the bill falling beside what it would have been, to the last digit of the entries', async () => {
    const timeline = await get(`overview/timeline?${SPAN}&route=chat&currency=CNY`)
    const { promotion } = await raceOn('chat')
    const since = promotion?.at ?? ''
    const chat = entries.filter(({ route }) => route === 'chat')
    const switched = ({ at, provider, model }: EntryRecord): boolean =>
      at >= since && `${provider}/${model}` === 'dashscope/qwen-long'
    const line = (of: Line[], currency: string): string[] =>
      of.find((each) => each.currency === currency)?.amounts ?? []
    const days = timeline.starts as string[]
    expect(days).toHaveLength(36)
    for (const [index, start] of days.entries()) {
      const end = new Date(Date.parse(start) + DAY_MS).toISOString()
      const day = chat.filter(({ at }) => at >= start && at < end)
      for (const currency of ['CNY', 'USD']) {
        const isIn = (cost: Amount | undefined): boolean => cost?.currency === currency
        const costOf = (of: EntryRecord[]): string[] =>
          of.flatMap(({ cost }) => (isIn(cost) ? (cost.amount ?? '0') : []))
        // What is owed for attempts that gave no answer is owed either way.
        const lost = day.flatMap(({ attempts }) =>
          attempts.flatMap(({ cost }) => (isIn(cost) ? (cost?.amount ?? '0') : [])),
        )
        const would = currency === 'USD' ? day.filter(switched).map((entry) => atChampion(entry).toFixed(12)) : []
        const stayed = costOf(day.filter((entry) => !switched(entry)))
        const shown = (of: Line[]): string => new Big(line(of, currency)[index] ?? 0).toFixed(12)
        expect(shown(timeline.bill), `${start} ${currency}`).toBe(sum([...costOf(day), ...lost]))
        expect(shown(timeline.counterfactual), `${start} ${currency}`).toBe(sum([...stayed, ...would, ...lost]))
      }
    }
    const { bill, counterfactual } = timeline.reported as { bill: string[]; counterfactual: string[] }
    const before = days.findIndex((start) => start >= '2024-05-20')
    const after = days.findIndex((start) => start >= since) + 1
    expect(Number(bill[after])).toBeLessThan(Number(bill[before]) / 5)
    expect(Number(counterfactual[after])).toBeGreaterThan(Number(bill[before]) / 2)
    expect(bill.slice(0, before)).toEqual(counterfactual.slice(0, before))
  })

  it('sends what follows on the promotion to the cheaper model, and shows who leads the route', async () => {
    const { promotion, id } = await raceOn('chat')
    const of = (from: string, to: string): string[] =>
      entries.flatMap((entry) =>
        entry.route === 'chat' && entry.at >= from && entry.at < to && entry.attempts.length === 1
          ? [`${entry.provider}/${entry.model}`]
          : [],
      )
    const share = (models: string[]): number =>
      models.filter((model) => model === 'dashscope/qwen-long').length / models.length
    const at = promotion?.at ?? ''
    const dayAfter = new Date(Date.parse(at) + DAY_MS).toISOString()
    expect(share(of('2024-05-20T16:00:00.000Z', '2024-05-22T04:00:00.000Z'))).toBe(0)
    expect(share(of(at, dayAfter))).toBeCloseTo(0.95, 1)
    const { items } = await get('routes')
    const chat = items.find(({ name }: { name: string }) => name === 'chat')
    expect(chat.lead).toMatchObject({ model: 'dashscope/qwen-long', race: id, since: at })
    expect((await workspace.run(['routes', 'explain', 'chat', ...AT])).out).toContain('dashscope/qwen-long')
  })

  it('[H42] says what promotions have saved, in the overview', async () => {
    const { savings } = await get(`overview?${SPAN}`)
    const ends = (await raceOn('write')) as unknown as { promotion: { at: string }; ended_at: string; state: string }
    expect(ends.state).toBe('rolled_back')
    for (const saving of savings.routes) {
      const own = entries.filter(
        ({ route, provider, model, at }) =>
          route === saving.route && `${provider}/${model}` === saving.model && at >= saving.from && at < saving.to,
      )
      expect(saving.requests).toBe(own.length)
      expect(saving.paid).toEqual([{ amount: sum(own.map(({ cost }) => cost.amount)), currency: 'CNY' }])
      if (saving.route === 'chat')
        expect(saving.counterfactual).toEqual([
          { amount: sum(own.map((entry) => atChampion(entry).toFixed(12))), currency: 'USD' },
        ])
      else expect(saving.to <= ends.ended_at).toBe(true)
      expect(Number(saving.reported.saved)).toBeGreaterThan(0)
    }
    expect(savings.routes.map(({ route }: { route: string }) => route).toSorted()).toEqual(['chat', 'write'])
  })

  it('has evidence that anybody can count again from the export', async () => {
    const { id } = await raceOn('write')
    const found = await get(`races/${id}`)
    expect(found.challengers[0].gates.map(({ gate }: { gate: string }) => gate)).toEqual(
      expect.arrayContaining(['quality', 'errors', 'latency', 'firstToken']),
    )
    const exported: Record<string, unknown>[] = []
    for (let after: string | null = ''; after !== null;) {
      const page: { items: Record<string, unknown>[]; next: string | null } = await get(
        `races/${id}/export${after === '' ? '' : `?after=${after}`}`,
      )
      exported.push(...page.items)
      after = page.next
    }
    const of = (kind: string) => exported.filter((line) => line['kind'] === kind)
    const rated = new Map(of('signal').map((signal) => [signal['trial'], signal['value'] as number]))
    const trials = of('trial') as unknown as EntryRecord[]
    expect(trials).toHaveLength(entries.filter(({ trial }) => trial?.race === id).length)
    const racing = trials.filter(({ trial, id: trialId }) => trial?.phase === 0 && rated.has(trialId))
    const [units, means] = [{} as Record<string, number>, {} as Record<string, number>]
    for (const [arm, name] of [
      ['dashscope/qwen-max', 'champion'],
      ['dashscope/qwen-plus', 'challenger'],
    ] as const) {
      const own = racing.filter(({ trial }) => trial?.arm === arm)
      units[name] = own.length
      means[name] = own.reduce((total, trial) => total + (rated.get(trial.id) ?? 0), 0) / own.length
    }
    expect(found.challengers[0].units).toEqual(units)
    expect(JSON.stringify(exported[0])).not.toContain('"seed"')
    const last = found.course.at(-1)
    expect(last.low).toBeLessThanOrEqual((means['challenger'] ?? 0) - (means['champion'] ?? 0))
    expect(last.high).toBeGreaterThanOrEqual((means['challenger'] ?? 0) - (means['champion'] ?? 0))
    expect(last.good_enough).toBeGreaterThanOrEqual(1)
    const widths = found.course.map(({ low, high }: { low: number; high: number }) => high - low)
    expect(widths.at(-1)).toBeLessThan(widths[8])
    const duels = await get(`races/${id}/duels?limit=7&rated=true`)
    expect(duels.text).toBe('not kept')
    for (const duel of duels.items) expect(duel.signals[0].value).toBe(rated.get(duel.id))
    expect(duels.next).not.toBeNull()
    expect((await get(`races/${id}/duels?limit=7&rated=true&after=${duels.next}`)).items[0].id).not.toBe(
      duels.items[6].id,
    )
  })

  it('has a chain of verdicts that is whole, in pages without gaps', async () => {
    const seen: string[] = []
    for (let after: string | null = ''; after !== null;) {
      const page: { items: { id: string }[]; next: string | null } = await get(
        `races/verdicts?limit=4${after === '' ? '' : `&after=${after}`}`,
      )
      seen.push(...page.items.map(({ id }) => id))
      after = page.next
    }
    const told = lines<{ id: string; hash: string }>(await paddock('race', 'verdicts', ...AT, '--json'))
    expect(seen).toEqual(told.map(({ id }) => id).toReversed())
    expect(await get('races/verdicts/verify')).toEqual({
      ok: true,
      verdicts: told.length,
      head: told.at(-1)?.hash,
      broken: null,
    })
  })
})

describe('the races of a demo', { timeout: 120_000 }, () => {
  it('[H41] are the same to the last byte for the same seed', async () => {
    const told: string[] = []
    for (const folder of ['one', 'two']) {
      await paddock('demo', '--days', '5', '--seed', '3', '--data', folder)
      const at = ['--data', folder, '--config', join(folder, 'paddock.yaml')]
      told.push((await paddock('race', 'export', 'chat', ...at)) + (await paddock('race', 'verdicts', ...at, '--json')))
    }
    expect(told[0]?.length).toBeGreaterThan(100_000)
    expect(told[1]).toBe(told[0])
  })
})
