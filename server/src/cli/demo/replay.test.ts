import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { tempFolder } from '../../../../tests/stand-ins/temp-folder.ts'
import { readConfig } from '../../base/config.ts'
import { readBudgetRules } from '../../books/budgets/rules.ts'
import type { Entry } from '../../books/entry.ts'
import { callersMigrations } from '../../callers/tables.ts'
import { systemClock } from '../../base/clock.ts'
import { buildLive, pricingOf } from '../../parts.ts'
import { openStore } from '../../store/store.ts'
import { staffCompany } from './people.ts'
import { openReplay, type Replay } from './replay.ts'
import { seededBy } from './seeded.ts'
import { instantOf } from './story.ts'
import { writeDemoConfig } from './write-config.ts'

const folder = tempFolder()
const store = openStore(join(folder.path, 'paddock.db'))
let replay: Replay
let led: string | null = null

beforeAll(async () => {
  await store.migrate(callersMigrations)
  const config = readConfig({ data: folder.path, config: writeDemoConfig(folder.path) }, {})
  const live = buildLive(config, { clock: systemClock, call: callNobody })
  const seeded = seededBy(2024)
  const staffed = await staffCompany(store, seeded, randomBytes(32))
  const budgets = readBudgetRules(config.budgets, config.zone)
  replay = openReplay({
    staffed,
    seeded,
    pricing: pricingOf(live),
    budgets,
    lead: ({ route }) => (led === null || route !== 'chat' ? null : { model: led, trial: null }),
  })
})

afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

function callNobody(): never {
  throw new Error('a demo calls nobody')
}

function entriesOf(day: string): Entry[] {
  return [...replay.day(instantOf(day))].flatMap(({ entries }) => entries)
}

describe('the story', () => {
  it('asks first whom a race leads to, and then the candidates of that day, but for those that are listed for races', () => {
    const modelsOf = (route: string): Set<string> =>
      new Set(
        entriesOf('2024-05-28').flatMap((entry) => (entry.route === route ? [`${entry.provider}/${entry.model}`] : [])),
      )
    expect(modelsOf('chat')).toEqual(new Set(['openai/gpt-4o', 'anthropic/claude-3-sonnet-20240229']))
    led = 'deepseek/deepseek-chat'
    expect(modelsOf('chat')).toEqual(new Set([led, 'openai/gpt-4o']))
    led = null
  })

  it('prices every entry that has a price, and each in one currency', () => {
    const entries = entriesOf('2024-07-01')
    expect(entries.length).toBeGreaterThan(3_000)
    expect(entries.filter(({ cost, price_rows }) => cost.amount === null || price_rows.length === 0)).toEqual([])
    expect(new Set(entries.map(({ cost }) => cost.currency))).toEqual(new Set(['CNY', 'USD']))
  })
})
