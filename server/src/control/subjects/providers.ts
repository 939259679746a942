import type { providersApi } from '@paddock/contract/control/providers'
import { isoInstant, type Clock } from '../../base/clock.ts'
import { asPaddockError, excerpt, PaddockError } from '../../base/errors.ts'
import type { Books } from '../../books/books.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { PriceBook } from '../../prices/book.ts'
import { PROVIDERS } from '../../providers/all.ts'
import { listModels, readBalance, type LookUp } from '../../providers/look-up.ts'
import { practice } from '../../providers/practice/practice.ts'
import type { Provider } from '../../providers/provider.ts'
import { keysOf, type ActiveProvider } from '../../routing/active-provider.ts'
import { factsOfMade } from '../../routing/active-providers.ts'
import type { MadeProvider, MadeProviders } from '../../routing/made-providers.ts'
import type { EnteredKey, EnteredKeys } from '../../routing/entered-keys.ts'
import type { Router } from '../../routing/router.ts'
import type { RoutingTable } from '../../routing/table.ts'
import { ANY_REQUEST } from '../any-request.ts'
import { errorOf, type AskModel } from '../ask-model.ts'
import { notFound, type Handlers } from '../handlers.ts'
import { nextStep } from '../next-step.ts'
import { publicUrl } from '../public-url.ts'
import { lastDayFrom } from '../span.ts'
import { openTurns } from '../turns.ts'
import { sumsOf } from './overview.ts'

export type ProvidersParts = {
  readonly routing: () => RoutingTable
  readonly router: Router
  readonly ask: AskModel
  readonly enteredKeys: EnteredKeys
  readonly madeProviders: MadeProviders
  /** Whether paddock.yaml has a provider of this name. */
  readonly inFile: (id: string) => boolean
  readonly clock: Clock
  readonly books: Pick<Books, 'find'>
  readonly reader: Pick<BooksReader, 'sums'>
  readonly prices: () => PriceBook
  /** Builds routing anew with the keys there are now. Throws where it cannot be built, and then the old one stays. */
  readonly rebuild: () => Promise<void>
}

const QUESTION = { message: 'Say yes.', outputTokensMax: 16 }

export function providersHandlers(parts: ProvidersParts): Handlers<typeof providersApi> {
  const { routing, ask, enteredKeys, books, clock } = parts
  const all = async () => {
    const entered = await enteredKeys.list()
    const made = await parts.madeProviders.list()
    const now = clock.now()
    const day = await parts.reader.sums({ from: lastDayFrom(now), to: now, by: 'provider' })
    const active = routing().providers
    const ids = new Set(active.map(({ facts }) => facts.id))
    const shown = [
      ...active.map((each) => activeOf(parts, each, entered.get(each.facts.id))),
      ...[...made.map(factsOfMade), ...PROVIDERS]
        .filter(({ id }) => !ids.has(id))
        .map((facts) => idleOf(facts, entered.get(facts.id))),
    ]
    return shown.map((each) => ({
      ...each,
      made_here: made.some(({ id }) => id === each.id) && !parts.inFile(each.id),
      last_day: sumsOf(day.filter(({ name }) => name === each.id)),
    }))
  }
  const made = async (id: string) => (await parts.madeProviders.list()).find((each) => each.id === id)
  const inTurn = openTurns()
  const findActive = async (id: string): Promise<LookUp> => {
    await find(id)
    const active = routing().providers.find(({ facts }) => facts.id === id)
    if (active === undefined || active.facts.practice === true) throw notReady(id)
    return active
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
      const active = await findActive(params.id)
      const startedAt = clock.elapsed()
      const { value: names, error } = await attempt(() => listModels(active), [])
      const offered = new Set((await find(params.id)).models)
      const prices = parts.prices()
      const items = names.map((name) => ({
        name,
        offered: offered.has(name),
        priced: prices.effective(`${bookNameOf(parts, params.id)}/${name}`, clock.now()) !== null,
      }))
      return { items, error, duration_ms: Math.round(clock.elapsed() - startedAt) }
    },
    balance: async ({ params }) => {
      const active = await findActive(params.id)
      const { value: balances, error } = await attempt(() => readBalance(active), null)
      const told = active.facts.balance !== undefined
      return { told, balances: balances ?? [], error, as_of: isoInstant(clock.now()) }
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
    make: ({ params, body, note }) =>
      inTurn(async () => {
        const before = await made(params.id)
        const after = await makeOne(parts, params.id, body)
        note({ before, after })
        return find(params.id)
      }),
    remove: ({ params, note }) =>
      inTurn(async () => {
        const before = await made(params.id)
        if (!(await parts.madeProviders.remove(params.id))) throw notFound('provider that was made here', params.id)
        await enteredKeys.remove(params.id)
        await parts.rebuild()
        note({ before })
        return { done: true }
      }),
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

type Making = {
  readonly dialect: MadeProvider['dialect']
  readonly base_url: string
  readonly key?: string | undefined
  readonly models: readonly string[]
  readonly currency: string
}

/** A key stays with the address it was entered for: with another one it has to be typed again. */
async function makeOne(parts: ProvidersParts, id: string, body: Making): Promise<MadeProvider> {
  const { enteredKeys, madeProviders, router, rebuild } = parts
  refuseName(parts, id)
  const { dialect, key, models, currency } = body
  const baseUrl = publicUrl(body.base_url, '/base_url')
  if (key !== undefined) await enteredKeys.enter(id, { key, baseUrl })
  else if ((await enteredKeys.list()).get(id)?.baseUrl !== baseUrl) await enteredKeys.remove(id)
  const made = { id, dialect, baseUrl, currency, models, needsKey: (await enteredKeys.list()).has(id) }
  await madeProviders.put(made)
  await rebuild()
  router.revive(id)
  return made
}

function refuseName({ inFile }: ProvidersParts, id: string): void {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(id)) {
    throw new PaddockError('field_invalid', {
      message: `/id: a provider is called by small letters, digits and "-", such as my-lab; not "${excerpt(id)}".`,
      param: '/id',
    })
  }
  const isKnown = id === practice.id || PROVIDERS.some((facts) => facts.id === id)
  if (!isKnown && !inFile(id)) return
  throw new PaddockError('already_there', {
    message: isKnown
      ? `${id} is a provider that is known: enter its key, or give yours another name.`
      : `paddock.yaml has a provider ${id}, and it wins: change it there, or give yours another name.`,
    param: '/id',
  })
}

function bookNameOf({ routing }: ProvidersParts, id: string): string {
  return routing().providers.find(({ facts }) => facts.id === id)?.bookName ?? id
}

type Attempted<Value> = {
  readonly value: Value
  readonly error: { readonly code: string; readonly message: string; readonly next: string | null } | null
}

/** What a provider says, or why it says nothing: that it does not answer is what was to be found out. */
async function attempt<Value>(ask: () => Promise<Value>, otherwise: Value): Promise<Attempted<Value>> {
  try {
    return { value: await ask(), error: null }
  } catch (thrown) {
    const { code, message } = asPaddockError(thrown)
    if (code === 'internal') throw thrown
    return { value: otherwise, error: { code, message, next: nextStep(code) } }
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
    speeds: models.flatMap((model) => {
      const speed = router.speed({ provider: active, model })
      return speed === null
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

function notReady(id: string): PaddockError {
  return new PaddockError('field_invalid', {
    message: `${id} is not set up, or offers no model by name: enter a key, or name a model.`,
    param: '/model',
  })
}
