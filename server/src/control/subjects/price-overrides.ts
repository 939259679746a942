import type { priceOverridesApi } from '@paddock/contract/control/price-overrides'
import type { PriceOverride, PriceOverrideSetting } from '@paddock/contract/price-override'
import { isoInstant, type Clock } from '../../base/clock.ts'
import { asPaddockError, PaddockError } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import type { PriceBook } from '../../prices/book.ts'
import { readOverrides, recordOverride, retractOverride, writeOverrides } from '../../prices/overrides.ts'
import { nameActor, type Actor } from '../actor.ts'
import type { Handlers } from '../handlers.ts'
import { openTurns } from '../turns.ts'
import { effectsOf, outrankedBy, type EffectParts } from '../price-override-effect.ts'
import { whenOr } from '../span.ts'
import { rowOf } from './prices.ts'

export type PriceOverridesParts = EffectParts & {
  readonly clock: Clock
  readonly dataFolder: string
  readonly prices: () => PriceBook
  /** The price book as it would be with these overrides. Throws `price_invalid` where they contradict another row. */
  readonly bookWith: (overrides: readonly PriceOverride[]) => PriceBook
  /** Builds the price book anew. Throws where it cannot be used, and then the old one stays. */
  readonly rebuild: () => Promise<void>
}

type Body = PriceOverrideSetting & { readonly replaces?: string | undefined }
type Shown = ReturnType<typeof overrideOf>

export function priceOverridesHandlers(parts: PriceOverridesParts): Handlers<typeof priceOverridesApi> {
  const { dataFolder, prices, clock } = parts
  const inTurn = openTurns()
  return {
    list: ({ query: { state, model, from, to } }) => {
      const [begin, end] = [whenOr(from, -Infinity), whenOr(to, Infinity)]
      const wanted = readOverrides(dataFolder).filter(
        ({ setting, recorded_at, retracted_at }) =>
          (state === undefined || (retracted_at === null) === (state === 'in_force')) &&
          (model === undefined || setting.model === model) &&
          Date.parse(recorded_at) >= begin &&
          Date.parse(recorded_at) < end,
      )
      return Promise.resolve({ items: wanted.toReversed().map((each) => overrideOf(prices(), each)) })
    },
    preview: async ({ actor, body }) => {
      const { book, made } = draftOf(parts, { actor, body })
      const row = rowIn(book, made)
      const place = `override ${made.id}`
      return {
        row: rowOf(book, row),
        wins_over: outrankedBy(row, book).map((each) => rowOf(book, each)),
        models: await effectsOf(parts, { row, book, now: clock.now() }),
        warnings: book.problems.filter((problem) => problem.place.endsWith(place)).map(({ message }) => message),
        as_of: isoInstant(clock.now()),
      }
    },
    create: ({ actor, body, note }) =>
      inTurn(async () => {
        const { overrides, made } = draftOf(parts, { actor, body })
        await putInForce(parts, overrides)
        note({ target: made.id, before: replacedBy(overrides, body.replaces), after: made })
        return overrideOf(prices(), made)
      }),
    retract: ({ actor, params, note }) => inTurn(() => retract(parts, { actor, id: params.id, note })),
  }
}

type Retracting = {
  readonly actor: Actor
  readonly id: string
  readonly note: (note: { before: unknown; after: unknown }) => void
}

async function retract(parts: PriceOverridesParts, { actor, id, note }: Retracting): Promise<Shown> {
  const before = readOverrides(parts.dataFolder)
  const retraction = { id, at: parts.clock.now(), by: nameActor(actor).name }
  const after = retractOverride(before, retraction)
  await putInForce(parts, after)
  const [was, is] = [before, after].map((list) => list.find((each) => each.id === id))
  note({ before: was, after: is })
  if (is === undefined) throw new Error('a retracted override stays in the list')
  return overrideOf(parts.prices(), is)
}

/** What was asked for as an override that nobody has recorded, among the others, and the book with it. */
function draftOf(
  { dataFolder, clock, bookWith }: PriceOverridesParts,
  { actor, body: { replaces, ...setting } }: { actor: Actor; body: Body },
): { overrides: readonly PriceOverride[]; made: PriceOverride; book: PriceBook } {
  const recorded = { id: newId(clock), at: clock.now(), by: nameActor(actor).name }
  const overrides = recordOverride(readOverrides(dataFolder), { ...recorded, setting, replaces: replaces ?? null })
  const made = overrides.find(({ id }) => id === recorded.id)
  if (made === undefined) throw new Error('a recorded override is in the list')
  try {
    return { overrides, made, book: bookWith(overrides) }
  } catch (thrown) {
    throw withWayOut(thrown)
  }
}

/** Of two prices for the same, the book knows the places; what can be done about it here, it does not. */
function withWayOut(thrown: unknown): PaddockError {
  const error = asPaddockError(thrown)
  if (error.code !== 'price_invalid' || !error.message.includes('overlaps')) return error
  const way =
    'Name an override that stands in the way in "replaces", or retract it; a row of paddock.yaml is ended there, by valid_to.'
  return new PaddockError('price_invalid', { ...error.detail, message: `${error.message}\n${way}` })
}

async function putInForce(
  { dataFolder, rebuild }: PriceOverridesParts,
  after: readonly PriceOverride[],
): Promise<void> {
  const before = readOverrides(dataFolder)
  writeOverrides(dataFolder, after)
  try {
    await rebuild()
  } catch (cause) {
    // A book that cannot be used must not be left behind.
    writeOverrides(dataFolder, before)
    throw cause
  }
}

function replacedBy(overrides: readonly PriceOverride[], replaces: string | undefined): PriceOverride | undefined {
  return overrides.find(({ id }) => id === replaces)
}

function rowIn(book: PriceBook, { id }: PriceOverride) {
  const row = book.row(id)
  if (row === null) throw new Error(`the price book has the override ${id}`)
  return row
}

function overrideOf(book: PriceBook, override: PriceOverride) {
  const row = override.retracted_at === null ? book.row(override.id) : null
  return { ...override, row: row && rowOf(book, row) }
}
