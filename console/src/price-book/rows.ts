import { call } from '@paddock/webkit/api/call.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { perMillion } from './per-million.ts'

/** The price book is small enough to be had whole, so that it can be searched and sorted here. */

export type PriceRow = Answer<'prices.list'>['items'][number]

type Asked = {
  /** The rows in force then; left out: now. */
  readonly at?: string | undefined
  /** The rows of all times. */
  readonly all?: 'true' | undefined
  readonly provider?: string | undefined
  readonly model?: string | undefined
}

const PAGE = 200

export function usePriceRows(asked: Asked, { when = true }: { readonly when?: boolean } = {}) {
  return useQuery({
    queryKey: ['prices.list', 'whole', asked],
    queryFn: async ({ signal }) => {
      const rows: PriceRow[] = []
      let after: string | null = null
      do {
        const query = { ...asked, limit: PAGE, after: after ?? undefined }
        const page: Answer<'prices.list'> = await call('prices.list', { query }, signal)
        rows.push(...page.items)
        after = page.next
      } while (after !== null)
      return rows
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    enabled: when,
  })
}

export type PricedModel = {
  /** provider/model */
  readonly name: string
  readonly currency: string
  /** Of a million tokens; null where the row has no price of its own for it. */
  readonly input: string | null
  readonly output: string | null
}

/** Models that had a price at an instant, each once; the rows that win come first in a list by level. */
export function usePricedModels(at: string | undefined): readonly PricedModel[] {
  const { data } = usePriceRows({ at })
  return useMemo(() => pricedModels(data ?? []), [data])
}

const LEVELS = ['override', 'contract', 'shipped', 'feed'] as const

export function pricedModels(rows: readonly PriceRow[]): PricedModel[] {
  const byLevel = rows
    .filter(({ match, basis }) => match === 'exact' && basis === 'list')
    .toSorted((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level))
  const models = new Map<string, PricedModel>()
  for (const row of byLevel) {
    const name = wholeName(row)
    if (!models.has(name))
      models.set(name, { name, currency: row.currency, input: lowest(row, 'input'), output: lowest(row, 'output') })
  }
  return [...models.values()].toSorted((one, other) => one.name.localeCompare(other.name))
}

/** The lowest price a row has for a million of a component, with or without a condition. */
function lowest({ rates, variants }: PriceRow, component: string): string | null {
  const own = perMillion(rates[component])
  if (own !== null) return own
  const others = variants.flatMap((variant) => perMillion(variant.rates[component]) ?? [])
  return others.toSorted((one, other) => Number(one) - Number(other))[0] ?? null
}

export function wholeName({ provider, model }: Pick<PriceRow, 'provider' | 'model'>): string {
  return `${provider}/${model}`
}
