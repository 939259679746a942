import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Big from 'big.js'
import type { Amount, EntryRecord } from '@paddock/contract/entry'
import type { WhatIf } from '@paddock/contract/what-if'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../paddock.ts'
import { oracleSums } from '../stand-ins/oracle-sums.ts'

type Made = { readonly entries: number; readonly from: string; readonly to: string; readonly key: string }

/** From Friday 17 May to Thursday 23 May: the day of the cuts is in the middle. */
const DAYS = 7
const MAY = ['--from', '2024-05-01', '--to', '2024-06-01'] as const

/** Midnight of 21 May in China. */
const CUT = '2024-05-20T16:00:00.000Z'

let workspace: Workspace
let made: Made
let entries: readonly EntryRecord[]

const paddock = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await workspace.run(args)
  expect(err).not.toContain('rror')
  expect(code).toBe(0)
  return out
}
/** A command on the demo, with its configuration. */
const ask = (...args: string[]): Promise<string> =>
  paddock(...args, '--data', 'paddock-demo', '--config', join('paddock-demo', 'paddock.yaml'), '--json')
const lines = <Line>(text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
const exportOf = (folder: string): Promise<string> => paddock('books', 'export', '--format', 'jsonl', '--data', folder)

beforeAll(async () => {
  workspace = openWorkspace()
  made = JSON.parse(await paddock('demo', '--days', String(DAYS), '--json')) as Made
  entries = lines<EntryRecord>(await exportOf('paddock-demo'))
}, 180_000)

afterAll(() => workspace[Symbol.asyncDispose]())

/** What amounts come to, added up by a library that shares nothing with ours. */
function sumOf(amounts: readonly Amount[]): Record<string, string> {
  const sums = oracleSums()
  for (const amount of amounts) sums.add(amount)
  return sums.written()
}

const costsOf = (of: readonly EntryRecord[]): Amount[] => of.map(({ cost }) => cost)
const lossesOf = (of: readonly EntryRecord[]): Amount[] =>
  of.flatMap(({ attempts }) => attempts.flatMap(({ cost }) => (cost === undefined ? [] : [cost])))

describe('paddock demo', { timeout: 60_000 }, () => {
  it('fills a folder of its own with traffic of every kind', () => {
    expect(made).toMatchObject({ from: '2024-05-17', to: '2024-05-23', entries: entries.length })
    const states = new Set(entries.map(({ state }) => state))
    for (const state of [
      'ok',
      'client_gone',
      'stopped_budget',
      'upstream_error',
      'timeout',
      'orphan',
      'unpriced',
    ] as const)
      expect(states).toContain(state)
    const count = (of: (entry: EntryRecord) => string | null): number => new Set(entries.map(of)).size
    expect(count(({ team_id }) => team_id)).toBe(5)
    expect(count(({ key_id }) => key_id)).toBe(40)
    expect(count(({ end_user }) => end_user)).toBeGreaterThan(800)
    expect(count(({ app }) => app)).toBe(7)
    expect(count(({ cost }) => cost.currency)).toBe(3)
    expect(entries.filter(({ attempts }) => attempts.length > 1).length).toBeGreaterThan(100)
    expect(entries.filter(({ usage }) => usage.cached_input > 0).length).toBeGreaterThan(100)
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted())
  })

  it('tells of an outage: the provider answers nobody, and another one does', () => {
    const [from, to] = ['2024-05-20T05:40:00.000Z', '2024-05-20T08:20:00.000Z']
    const during = entries.filter(({ at }) => at >= from && at < to)
    expect(during.filter(({ provider, state }) => provider === 'openai' && state === 'ok')).toEqual([])
    const followed = during.filter(({ state, attempts }) => state === 'ok' && attempts[0]?.provider === 'openai')
    expect(followed.length).toBeGreaterThan(10)
    expect(new Set(followed.map(({ attempts }) => attempts[1]?.provider))).toEqual(new Set(['anthropic']))
    expect(followed.every(({ attempts }) => attempts[0]?.outcome !== 'ok')).toBe(true)
  })

  it('keeps a hard budget: it runs out at the old price, and does not once that has fallen', () => {
    const charged = (from: string, to: string): EntryRecord[] =>
      entries.filter(({ route, at }) => route === 'write' && at >= from && at < to)
    const sum = (of: readonly EntryRecord[]): Big =>
      of.reduce((total, { charge }) => total.plus(charge.amount ?? 0), new Big(0))
    const [before, after] = [charged('2024-05-19T16:00:00.000Z', CUT), charged(CUT, '2024-05-21T16:00:00.000Z')]
    expect(sum(before).gt(44)).toBe(true)
    expect(sum(before).lte(45)).toBe(true)
    expect(sum(after).lt(40)).toBe(true)
    const stopped = entries.filter(({ state }) => state === 'stopped_budget')
    expect(stopped.length).toBeGreaterThan(0)
    expect(stopped.filter(({ stream, route, at }) => !stream || route !== 'write' || at >= CUT)).toEqual([])
    expect(after.length).toBeGreaterThan(before.length)
  })

  it('comes to the same by verification, by a what-if and by adding up its export', async () => {
    type Sums = Record<string, string>
    const verified = JSON.parse(await ask('books', 'verify')) as { ok: boolean; totals: Sums; costs: Sums }
    expect(verified).toMatchObject({ ok: true, unchecked: 0 })
    expect(verified.totals).toEqual(sumOf([...costsOf(entries), ...lossesOf(entries)]))
    const found = JSON.parse(
      await ask('books', 'whatif', ...MAY, '--as', 'own@2024-06-15', '--group-by', 'model'),
    ) as WhatIf
    // What was owed for attempts that gave no answer stands beside, and belongs to the whole.
    const before = Object.entries(found.total.before).map(([currency, amount]) => ({ currency, amount }) as Amount)
    expect(sumOf([...before, ...(found.retry_loss ?? [])])).toEqual(verified.totals)
    expect(found.total.before).toEqual(sumOf(costsOf(entries)))
    expect(found.total.before).toEqual(verified.costs)
    const qwen = found.groups.find(({ group }) => group === 'dashscope/qwen-max')
    expect(Number(qwen?.percent)).toBeLessThan(-10)
    const free = found.groups.find(({ group }) => group === 'qianfan/ernie-speed-8k')
    expect(free?.after).toEqual({ CNY: '0.000000000000' })
  })

  it('knows what the chat traffic of May would have cost at DeepSeek', async () => {
    const chat = entries.filter(({ route }) => route === 'chat')
    const found = JSON.parse(
      await ask('books', 'whatif', ...MAY, '--route', 'chat', '--as', 'deepseek/deepseek-chat'),
    ) as WhatIf
    const tokens = chat.map(({ usage }) => usage.input + usage.cached_input + usage.cache_write + 2 * usage.output)
    const expected = tokens.reduce((sum, each) => sum.plus(each), new Big(0)).div(1_000_000)
    expect(found.total).toMatchObject({
      requests: chat.length,
      before: sumOf(costsOf(chat)),
      after: { CNY: expected.toFixed(12) },
    })
  })

  it('has price events, leagues and invoices', async () => {
    const events = lines<{ model: string; at: string }>(await ask('prices', 'events'))
    expect(events.map(({ at, model }) => `${at.slice(0, 13)} ${model}`)).toEqual(
      expect.arrayContaining(['2024-05-20T16 dashscope/qwen-max', '2024-05-20T16 qianfan/ernie-speed-8k']),
    )
    const table = lines<{ value: string; active: number }>(
      await ask('leagues', 'table', '--by', 'app', '--from', '2024-05-17', '--to', '2024-05-24'),
    )
    expect(table[0]).toMatchObject({ value: 'Companion' })
    expect(table[0]?.active).toBeGreaterThan(500)
    const invoices = lines<{ currency: string; exact: string }>(await ask('invoices', '--month', '2024-05'))
    expect(new Set(invoices.map(({ currency }) => currency))).toEqual(new Set(['CNY', 'USD']))
    const [budget] = lines<{ name: string; left: string }>(await ask('budgets', '--at', '2024-05-20T15:00:00Z'))
    expect(budget?.name).toBe('marketing')
    expect(Number(budget?.left)).toBeLessThan(1)
  })

  it('can be served without a key of a provider', async () => {
    const at = ['--data', 'paddock-demo', '--config', join('paddock-demo', 'paddock.yaml')]
    const server = await workspace.serve({ args: at, environment: { PADDOCK_PRACTICE_SPEED: '0' } })
    const asked = { model: 'chat', messages: [{ role: 'user', content: 'hello' }] }
    const answered = await server.post(asked, { key: made.key })
    expect(answered.status).toBe(200)
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    const [latest] = lines<EntryRecord>(await ask('books', 'entries', '--latest', '--limit', '1'))
    expect(latest).toMatchObject({ route: 'chat', provider: 'practice', practice: true })
  })
})

describe('a demo', { timeout: 60_000 }, () => {
  it('is the same to the last byte for the same seed, and another for another', async () => {
    const exported: string[] = []
    for (const [folder, seed] of [
      ['one', '7'],
      ['two', '7'],
      ['three', '8'],
    ] as const) {
      await paddock('demo', '--days', '1', '--seed', seed, '--data', folder)
      exported.push(await exportOf(folder))
    }
    expect(exported[0]?.length).toBeGreaterThan(1_000_000)
    expect(exported[1]).toBe(exported[0])
    expect(exported[2]).not.toBe(exported[0])
  })

  it('replaces a demo only by force, and nothing else ever', async () => {
    const again = (...args: string[]): ReturnType<Workspace['run']> => workspace.run(['demo', '--days', '1', ...args])
    const refused = await again('--data', 'three')
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('--force replaces it')
    expect((await again('--data', 'three', '--force')).code).toBe(0)
    const own = join(workspace.folder, 'own')
    mkdirSync(own)
    writeFileSync(join(own, 'thesis.txt'), 'years of work')
    const left = await again('--data', 'own', '--force')
    expect(left.code).toBe(2)
    expect(left.err).toContain('left alone')
    expect((await again('--data', 'four', '--days', '91')).err).toContain('at most 90 days')
  })
})
