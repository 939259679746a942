import { isoInstant, type Clock } from '../base/clock.ts'
import type { BooksReader } from '../books/reader.ts'
import { PROVIDERS } from '../providers/all.ts'
import type { Provider } from '../providers/provider.ts'
import { keysOf, type ActiveProvider } from '../routing/active-provider.ts'
import { factsOfMade } from '../routing/active-providers.ts'
import type { EnteredKey, EnteredKeys } from '../routing/entered-keys.ts'
import type { MadeProviders } from '../routing/made-providers.ts'
import type { Router } from '../routing/router.ts'
import type { RoutingTable } from '../routing/table.ts'
import { ANY_REQUEST } from './any-request.ts'
import { lastDayFrom } from './span.ts'
import { sumsOf } from './subjects/overview.ts'

export type ShowingParts = {
  readonly routing: () => RoutingTable
  readonly router: Router
  readonly enteredKeys: Pick<EnteredKeys, 'list'>
  readonly madeProviders: Pick<MadeProviders, 'list'>
  /** Whether paddock.yaml has a provider of this name. */
  readonly inFile: (id: string) => boolean
  readonly clock: Clock
  readonly reader: Pick<BooksReader, 'sums'>
}

/** Every provider that is known, those that requests can go to first, each with what it did lately. */
export async function showProviders(parts: ShowingParts) {
  const { routing, enteredKeys, madeProviders, reader, clock, inFile } = parts
  const entered = await enteredKeys.list()
  const made = await madeProviders.list()
  const day = await reader.sums({ from: lastDayFrom(clock.now()), to: clock.now() + 1, by: 'provider' })
  const active = routing().providers
  const ids = new Set(active.map(({ facts }) => facts.id))
  const idle = [...made.map(factsOfMade), ...PROVIDERS].filter(({ id }) => !ids.has(id))
  const shown = [
    ...active.map((each) => activeOf(parts, each, entered.get(each.facts.id))),
    ...idle.map((facts) => idleOf(facts, entered.get(facts.id))),
  ]
  return shown.map((each) => ({
    ...each,
    made_here: made.some(({ id }) => id === each.id) && !inFile(each.id),
    last_day: sumsOf(day.filter(({ name }) => name === each.id)),
  }))
}

function activeOf({ router, routing }: ShowingParts, active: ActiveProvider, entered: EnteredKey | undefined) {
  const { facts, models, open, foundIn } = active
  const table = routing()
  const hindrances = models.flatMap((model) => {
    const [explained] = router.explain(table.resolve(`${facts.id}/${model}`), ANY_REQUEST)
    return explained === undefined || explained.health === 'good' ? [] : [{ model, health: explained.health }]
  })
  return {
    ...factsOf(facts, entered),
    active: true,
    found_in: foundIn,
    keys: keysOf(active).filter((key) => key !== null).length,
    models,
    open,
    hindrances,
    speeds: models.flatMap((model) => {
      const speed = router.speed({ provider: active, model })
      // Routing counts a failure as a slow answer; what never answered has no speed to show.
      return speed === null || speed.tokensPerSecond === null
        ? []
        : [{ model, first_byte_ms: Math.round(speed.firstByteMs), tokens_per_second: speed.tokensPerSecond }]
    }),
  }
}

function idleOf(facts: Provider, entered: EnteredKey | undefined) {
  const nothing = { keys: 0, models: [], open: false, hindrances: [], speeds: [] }
  return { ...factsOf(facts, entered), ...nothing, active: false, found_in: null }
}

function factsOf(facts: Provider, entered: EnteredKey | undefined) {
  return {
    id: facts.id,
    name: facts.name,
    dialect: facts.dialect,
    base_url: facts.baseUrl,
    currency: facts.currency,
    practice: facts.practice === true,
    needs_key: facts.auth === 'bearer',
    tells_balance: facts.balance !== undefined,
    entered_key: entered
      ? { last_four: entered.lastFour, entered_at: isoInstant(entered.enteredAt), base_url: entered.baseUrl }
      : null,
  }
}
