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

beforeAll(async () => {
  await store.migrate(callersMigrations)
  const config = readConfig({ data: folder.path, config: writeDemoConfig(folder.path) }, {})
  const live = buildLive(config, { clock: systemClock, call: callNobody })
  const seeded = seededBy(2024)
  const staffed = await staffCompany(store, seeded, randomBytes(32))
  const budgets = readBudgetRules(config.budgets, config.zone)
  replay = openReplay({ staffed, seeded, pricing: pricingOf(live), budgets })
})

afterAll(async () => {
  await store.close()
  folder[Symbol.dispose]()
})

function callNobody(): never {
  throw new Error('a demo calls nobody')
}

function chatOf(day: string): Entry[] {
  return replay.day(instantOf(day)).filter(({ route }) => route === 'chat')
}

/** For comparing only: a dollar at 7.25. */
function yuan(entries: readonly Entry[]): number {
  return entries.reduce((sum, { cost }) => sum + Number(cost.amount) * (cost.currency === 'USD' ? 7.25 : 1), 0)
}

describe('the story', () => {
  it('tries the cheaper model on one person in five, always the same ones, and then moves the route to it', () => {
    const during = [...chatOf('2024-05-28'), ...chatOf('2024-05-29')].filter(({ attempts }) => attempts.length === 1)
    const peopleOf = (provider: string): Set<string | null> =>
      new Set(during.filter((entry) => entry.provider === provider).map(({ end_user }) => end_user))
    const [moved, stayed] = [peopleOf('deepseek'), peopleOf('openai')]
    expect(moved.size / (moved.size + stayed.size)).toBeCloseTo(0.2, 1)
    expect([...moved].filter((person) => stayed.has(person))).toEqual([])

    const [tuesday, nextTuesday] = [chatOf('2024-06-04'), chatOf('2024-06-11')]
    expect(nextTuesday.filter(({ provider }) => provider === 'deepseek').length / nextTuesday.length).toBeGreaterThan(
      0.97,
    )
    expect(nextTuesday.length / tuesday.length).toBeCloseTo(1, 0)
    expect(yuan(nextTuesday)).toBeLessThan(yuan(tuesday) / 10)
  })

  it('prices every entry that has a price, and each in one currency', () => {
    const entries = replay.day(instantOf('2024-07-01'))
    expect(entries.length).toBeGreaterThan(3_000)
    expect(entries.filter(({ cost, price_rows }) => cost.amount === null || price_rows.length === 0)).toEqual([])
    expect(new Set(entries.map(({ cost }) => cost.currency))).toEqual(new Set(['CNY', 'USD']))
  })
})
