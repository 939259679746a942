import type { providersApi } from '@paddock/contract/control/providers'
import { isoInstant } from '../../base/clock.ts'
import { asPaddockError, PaddockError } from '../../base/errors.ts'
import type { Books } from '../../books/books.ts'
import type { PriceBook } from '../../prices/book.ts'
import { PROVIDERS } from '../../providers/all.ts'
import { listModels, readBalance } from '../../providers/look-up.ts'
import type { ActiveProvider } from '../../routing/active-provider.ts'
import { errorOf, type AskModel } from '../ask-model.ts'
import { notFound, type Handlers } from '../handlers.ts'
import { makeProvider, type MakingParts } from '../make-provider.ts'
import { nextStep } from '../next-step.ts'
import { publicUrl } from '../public-url.ts'
import { showProviders, type ShowingParts } from '../shown-providers.ts'
import { openTurns } from '../turns.ts'

export type ProvidersParts = ShowingParts &
  MakingParts & {
    readonly ask: AskModel
    readonly books: Pick<Books, 'find'>
    readonly prices: () => PriceBook
    /** Builds routing anew with the keys there are now. Throws where it cannot be built, and then the old one stays. */
    readonly rebuild: () => Promise<void>
  }

type Api = Handlers<typeof providersApi>

const QUESTION = { message: 'Say yes.', outputTokensMax: 16 }

export function providersHandlers(parts: ProvidersParts): Api {
  return {
    list: async () => ({ items: await showProviders(parts) }),
    find: ({ params }) => find(parts, params.id),
    ...asking(parts),
    ...changing(parts),
  }
}

/** What is found out by asking the provider itself. */
function asking(parts: ProvidersParts): Pick<Api, 'test' | 'models' | 'balance'> {
  const { ask, books, clock } = parts
  return {
    test: async ({ actor, params, body }) => {
      const { active, models, id } = await find(parts, params.id)
      const model = body.model ?? models[0]
      if (!active || model === undefined) throw notReady(id)
      const name = `${id}/${model}`
      const told = await ask(actor.organisationId, { ...QUESTION, model: name })
      const error = errorOf(told)
      const entry = told.requestId === null ? null : await books.find(told.requestId)
      return {
        ok: error === null,
        model: name,
        request_id: told.requestId,
        duration_ms: told.durationMs,
        first_byte_ms: entry?.first_byte_ms ?? null,
        error: error && { ...error, next: nextStep(error.code) },
      }
    },
    models: async ({ params }) => {
      const active = await findActive(parts, params.id)
      const startedAt = clock.elapsed()
      const { value: names, error } = await tryTo(() => listModels(active), [])
      const offered = new Set(active.models)
      const prices = parts.prices()
      const items = names.map((name) => ({
        name,
        offered: offered.has(name),
        priced: prices.effective(`${active.bookName}/${name}`, clock.now()) !== null,
      }))
      return { items, error, duration_ms: Math.round(clock.elapsed() - startedAt) }
    },
    balance: async ({ params }) => {
      const active = await findActive(parts, params.id)
      const { value: balances, error } = await tryTo(() => readBalance(active), null)
      const told = active.facts.balance !== undefined
      return { told, balances: balances ?? [], error, as_of: isoInstant(clock.now()) }
    },
  }
}

function changing(parts: ProvidersParts): Pick<Api, 'enterKey' | 'removeKey' | 'make' | 'remove'> {
  const { enteredKeys, madeProviders, rebuild, router } = parts
  const inTurn = openTurns()
  const findMade = async (id: string) => (await madeProviders.list()).find((each) => each.id === id)
  return {
    enterKey: async ({ params, body, note }) => {
      const known = PROVIDERS.find(({ id }) => id === params.id)
      if (!known) throw notFound('provider with known facts', params.id)
      const before = await find(parts, params.id)
      const baseUrl = body.base_url === undefined ? known.baseUrl : publicUrl(body.base_url, '/base_url')
      await enteredKeys.enter(known.id, { key: body.key, baseUrl })
      await rebuild()
      router.revive(known.id)
      const after = await find(parts, known.id)
      note({ before, after })
      return after
    },
    make: ({ params, body, note }) =>
      inTurn(async () => {
        const before = await findMade(params.id)
        const after = await makeProvider(parts, params.id, body)
        await rebuild()
        router.revive(params.id)
        note({ before, after })
        return find(parts, params.id)
      }),
    remove: ({ params, note }) =>
      inTurn(async () => {
        const before = await findMade(params.id)
        if (!(await madeProviders.remove(params.id))) throw notFound('provider that was made here', params.id)
        await enteredKeys.remove(params.id)
        await rebuild()
        note({ before })
        return { done: true }
      }),
    removeKey: async ({ params, note }) => {
      const before = await find(parts, params.id)
      if (!(await enteredKeys.remove(params.id))) throw notFound('entered key of a provider', params.id)
      await rebuild()
      const after = await find(parts, params.id)
      note({ before, after })
      return after
    },
  }
}

async function find(parts: ProvidersParts, id: string) {
  const found = (await showProviders(parts)).find((each) => each.id === id)
  if (!found) throw notFound('provider', id)
  return found
}

async function findActive(parts: ProvidersParts, id: string): Promise<ActiveProvider> {
  const active = parts.routing().providers.find(({ facts }) => facts.id === id)
  // Nobody knows it, or it is not set up.
  if (active === undefined) await find(parts, id)
  if (active === undefined || active.facts.practice === true) throw notReady(id)
  return active
}

type Attempted<Value> = {
  readonly value: Value
  readonly error: { readonly code: string; readonly message: string; readonly next: string | null } | null
}

/** What a provider says, or why it says nothing: that it does not answer is what was to be found out. */
async function tryTo<Value>(ask: () => Promise<Value>, otherwise: Value): Promise<Attempted<Value>> {
  try {
    return { value: await ask(), error: null }
  } catch (thrown) {
    const { code, message } = asPaddockError(thrown)
    if (code === 'internal') throw thrown
    return { value: otherwise, error: { code, message, next: nextStep(code) } }
  }
}

function notReady(id: string): PaddockError {
  return new PaddockError('field_invalid', {
    message: `${id} is not set up, or offers no model by name: enter a key, or name a model.`,
    param: '/model',
  })
}
