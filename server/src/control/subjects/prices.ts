import type { pricesApi } from '@paddock/contract/control/prices'
import { isoInstant, type Clock } from '../../base/clock.ts'
import { excerpt, PaddockError } from '../../base/errors.ts'
import type { PriceBook } from '../../prices/book.ts'
import { compareText, type PriceChange } from '../../prices/changes.ts'
import { isComponent } from '../../prices/component.ts'
import { describeWhen } from '../../prices/conditions.ts'
import type { ComponentUsage } from '../../prices/facts.ts'
import type { PriceRow, Rates } from '../../prices/row.ts'
import { cutPage } from '../cut-page.ts'
import type { Handlers } from '../handlers.ts'
import { whenOr } from '../span.ts'

export type PricesParts = { readonly clock: Clock; readonly prices: () => PriceBook }

export function pricesHandlers({ clock, prices }: PricesParts): Handlers<typeof pricesApi> {
  return {
    list: ({ query: { limit, after, at, all, component, confidence, ...filter } }) => {
      const book = prices()
      const rows = book
        .rows({ ...filter, at: all === true ? undefined : whenOr(at, clock.now()) })
        .filter((row) => confidence === undefined || row.confidence === confidence)
        .filter((row) => component === undefined || pricesOf(row).some((rates) => Object.hasOwn(rates, component)))
        .toSorted((one, other) => compareText(placeOf(one), placeOf(other)))
      const behind = after === undefined ? rows : rows.filter((row) => placeOf(row) > after)
      const { page, next } = cutPage(behind, limit, placeOf)
      return Promise.resolve({ items: page.map((row) => rowOf(book, row)), next })
    },
    changes: ({ query: { from, to, provider, all = false } }) => {
      const changes = prices().changes({ from: whenOr(from, -Infinity), to: whenOr(to, Infinity), all })
      const wanted = changes.filter(({ model }) => provider === undefined || model.startsWith(`${provider}/`))
      return Promise.resolve({ items: wanted.map((change) => ({ ...change, when: change.when ?? null })) })
    },
    series: ({ query: { from, to, component, currency, provider, models } }) => {
      const named = models === undefined ? null : new Set(models.split(',').map((model) => model.trim()))
      const known = prices().changes({ from: -Infinity, to: whenOr(to, Infinity), all: true })
      const wanted = known.filter(
        (change) =>
          change.component === component &&
          change.when === undefined &&
          (currency === undefined || change.currency === currency) &&
          (named === null || named.has(change.model)) &&
          (provider === undefined || change.model.startsWith(`${provider}/`)),
      )
      return Promise.resolve({ items: seriesOf(prices(), wanted, whenOr(from, -Infinity)) })
    },
    quote: ({ body }) => {
      const usage: Record<string, number> = {}
      for (const [component, units] of Object.entries(body.usage)) {
        if (!isComponent(component)) throw unknownComponent(component)
        usage[component] = units
      }
      return Promise.resolve(
        prices().quote({
          model: body.model,
          at: whenOr(body.at, clock.now()),
          usage: usage satisfies ComponentUsage,
          currency: body.currency,
          serviceTier: body.service_tier,
          thinking: body.thinking,
          asOf: whenOr(body.as_of, undefined),
        }),
      )
    },
  }
}

/** Every list of prices in a row: its own, and those under conditions. */
function pricesOf({ rates, variants }: PriceRow): Rates[] {
  return [rates, ...variants.map((variant) => variant.rates)]
}

/** By provider and model, then by time. An id is one row's own, so no two have the same place. */
function placeOf({ provider, model, valid_from, id }: PriceRow): string {
  return `${provider}/${model} ${valid_from ?? ''} ${id}`
}

/** A row as the control plane shows it: conditions in words, sources by name. */
export function rowOf(book: PriceBook, row: PriceRow) {
  return {
    ...row,
    variants: row.variants.map(({ name, when, rates }) => ({ name, condition: describeWhen(when), rates })),
    sources: row.source.map((key) => ({ what: book.source(key)?.what ?? key, url: book.source(key)?.url ?? '' })),
  }
}

/** Steps from the first price in force on; changes before that only say what it was. */
function seriesOf(book: PriceBook, changes: readonly PriceChange[], from: number) {
  const series = new Map<string, { model: string; currency: string; per: number; changes: PriceChange[] }>()
  for (const change of changes) {
    const { model, currency, per } = change
    const name = JSON.stringify([model, currency, per])
    const known = series.get(name) ?? { model, currency, per, changes: [] }
    known.changes.push(change)
    series.set(name, known)
  }
  return [...series.values()].map(({ changes: own, ...about }) => {
    const earlier = own.filter(({ at }) => Date.parse(at) <= from)
    const later = own.filter(({ at }) => Date.parse(at) > from)
    // What had a price since before anybody knows first shows as what it changed from.
    const first = earlier.length > 0 ? earlier.at(-1)?.to : later[0]?.from
    const steps = [
      ...(first && Number.isFinite(from) ? [{ at: isoInstant(from), price: first }] : []),
      ...later.map(({ at, to }) => ({ at, price: to })),
    ]
    const points = steps.map((step, index) => {
      const effective = step.price === null ? null : book.effective(about.model, Date.parse(step.at))
      const row = effective?.currency === about.currency ? effective.row : null
      const confidence = row === null ? null : (book.row(row)?.confidence ?? null)
      return { ...step, until: steps[index + 1]?.at ?? null, row, confidence }
    })
    return { ...about, points }
  })
}

function unknownComponent(name: string): PaddockError {
  return new PaddockError('field_invalid', {
    message: `/usage: "${excerpt(name)}" is no component of a price; there are input, cached_input, cache_write, output, reasoning and those of docs/reference/prices.md.`,
    param: `/usage/${excerpt(name)}`,
  })
}
