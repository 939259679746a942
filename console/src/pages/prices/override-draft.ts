import type { Answer, Ask } from '@paddock/webkit/api/operation.ts'
import { isOfTokens, perMillion } from '../../price-book/per-million.ts'
import { wholeName, type PriceRow } from '../../price-book/rows.ts'

/** An override while it is written. */
export type Draft = {
  readonly model: string
  readonly level: 'override' | 'contract'
  readonly currency: string
  /** Of a million tokens, each. */
  readonly rates: readonly { readonly component: string; readonly price: string }[]
  readonly validFrom: string
  readonly validTo: string
  readonly reason: string
  /** The override that is taken back when this one is set. */
  readonly replaces: string | undefined
}

export const NEW_DRAFT: Draft = {
  model: '',
  level: 'override',
  currency: 'CNY',
  rates: [
    { component: 'input', price: '' },
    { component: 'output', price: '' },
  ],
  validFrom: '',
  validTo: '',
  reason: '',
  replaces: undefined,
}

export type OverrideBody = Ask<'price_overrides.create'>['body']

/** As the server is asked. A price that was left empty is no price. */
export function bodyOf({ rates, validFrom, validTo, replaces, model, ...draft }: Draft): OverrideBody {
  const written = rates.filter(({ price }) => price.trim() !== '')
  return {
    ...draft,
    model: model.trim(),
    rates: Object.fromEntries(written.map(({ component, price }) => [component, price.trim()])),
    ...(validFrom === '' ? {} : { valid_from: validFrom }),
    ...(validTo === '' ? {} : { valid_to: validTo }),
    ...(replaces === undefined ? {} : { replaces }),
  }
}

/** An override to be changed: the same again, which takes its place. */
export function draftOf({ id, setting }: Answer<'price_overrides.list'>['items'][number]): Draft {
  const { model, level, currency, rates, per, valid_from = '', valid_to = '', reason } = setting
  return {
    model,
    level,
    currency,
    rates: Object.entries(rates).map(([component, price]) => ({
      component,
      price: perMillion({ price, per }) ?? price,
    })),
    validFrom: valid_from.slice(0, 10),
    validTo: valid_to.slice(0, 10),
    reason,
    replaces: id,
  }
}

/** A draft with the prices that are listed for its model, where there are some: to be changed rather than typed. */
export function withListed(draft: Draft, rows: readonly PriceRow[]): Draft {
  const row = rows.find((each) => wholeName(each) === draft.model)
  if (!row) return draft
  const rates = Object.entries(row.rates).flatMap(([component, rate]) => {
    const price = perMillion(rate)
    return price === null || !isOfTokens(component) ? [] : { component, price }
  })
  return { ...draft, currency: row.currency, rates: rates.length === 0 ? draft.rates : rates }
}
