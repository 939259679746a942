import type { providersApi } from '@paddock/contract/control/providers'
import { isoInstant } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import { PROVIDERS } from '../../providers/all.ts'
import type { Provider } from '../../providers/provider.ts'
import { keysOf, type ActiveProvider } from '../../routing/active-provider.ts'
import type { EnteredKey, EnteredKeys } from '../../routing/entered-keys.ts'
import type { Router } from '../../routing/router.ts'
import type { RoutingTable } from '../../routing/table.ts'
import { ANY_REQUEST } from '../any-request.ts'
import { errorOf, type AskModel } from '../ask-model.ts'
import { notFound, type Handlers } from '../handlers.ts'
import { publicUrl } from '../public-url.ts'

export type ProvidersParts = {
  readonly routing: () => RoutingTable
  readonly router: Router
  readonly ask: AskModel
  readonly enteredKeys: EnteredKeys
  /** Builds routing anew with the keys there are now. Throws where it cannot be built, and then the old one stays. */
  readonly rebuild: () => Promise<void>
}

const QUESTION = { message: 'Say yes.', outputTokensMax: 16 }

export function providersHandlers(parts: ProvidersParts): Handlers<typeof providersApi> {
  const { routing, ask, enteredKeys } = parts
  const all = async () => {
    const entered = await enteredKeys.list()
    const active = routing().providers
    const ids = new Set(active.map(({ facts }) => facts.id))
    return [
      ...active.map((each) => activeOf(parts, each, entered.get(each.facts.id))),
      ...PROVIDERS.filter(({ id }) => !ids.has(id)).map((facts) => idleOf(facts, entered.get(facts.id))),
    ]
  }
  const find = async (id: string) => {
    const found = (await all()).find((each) => each.id === id)
    if (!found) throw notFound('provider', id)
    return found
  }
  return {
    list: async () => ({ items: await all() }),
    find: ({ params }) => find(params.id),
    test: async ({ actor, params, body }) => {
      const { active, models, id } = await find(params.id)
      const model = body.model ?? models[0]
      if (!active || model === undefined) throw notReady(id)
      const name = `${id}/${model}`
      const told = await ask(actor.organisationId, { ...QUESTION, model: name })
      const error = errorOf(told)
      return {
        ok: error === null,
        model: name,
        request_id: told.requestId,
        duration_ms: told.durationMs,
        error,
      }
    },
    enterKey: async ({ params, body, note }) => {
      const known = PROVIDERS.find(({ id }) => id === params.id)
      if (!known) throw notFound('provider with known facts', params.id)
      const before = await find(params.id)
      const baseUrl = body.base_url === undefined ? known.baseUrl : publicUrl(body.base_url, '/base_url')
      await enteredKeys.enter(known.id, { key: body.key, baseUrl })
      await parts.rebuild()
      parts.router.revive(known.id)
      const after = await find(known.id)
      note({ before, after })
      return after
    },
    removeKey: async ({ params, note }) => {
      const before = await find(params.id)
      if (!(await enteredKeys.remove(params.id))) throw notFound('entered key of a provider', params.id)
      await parts.rebuild()
      const after = await find(params.id)
      note({ before, after })
      return after
    },
  }
}

function activeOf({ router, routing }: ProvidersParts, active: ActiveProvider, entered: EnteredKey | undefined) {
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
  }
}

function idleOf(facts: Provider, entered: EnteredKey | undefined) {
  return { ...factsOf(facts, entered), active: false, found_in: null, keys: 0, models: [], open: false, hindrances: [] }
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
    entered_key: entered
      ? { last_four: entered.lastFour, entered_at: isoInstant(entered.enteredAt), base_url: entered.baseUrl }
      : null,
  }
}

function notReady(id: string): PaddockError {
  return new PaddockError('field_invalid', {
    message: `${id} is not set up, or offers no model by name: enter a key, or name a model.`,
    param: '/model',
  })
}
