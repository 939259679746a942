import { useMemo } from 'react'
import { changesIn } from '../../price-book/changes.ts'
import { useAsk } from '../../query.ts'
import { useNow } from '../../use-now.ts'
import { useSpan } from '../../use-span.ts'
import type { Scenario, WhatIfSearch } from './search.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export type Span = { readonly from: string; readonly to: string }

/** The span whose traffic is repriced, in whole hours; null while it is not known where the books end. */
export function useTraffic({ span = '90d', from, to }: WhatIfSearch): Span | null {
  const extent = useAsk('overview.extent', {})
  const { latest } = useNow()
  const named = useSpan({ span, from, to })
  const end = named.to ?? new Date(Math.ceil(latest / HOUR) * HOUR).toISOString()
  return useMemo(
    () => (extent.data === undefined ? null : { from: named.from, to: end }),
    [extent.data, named.from, end],
  )
}

type Asked = {
  readonly span: Span | null
  readonly scenario: Scenario
  readonly group: 'route' | 'model' | 'key' | 'day'
  readonly currency: string | undefined
}

/** What the traffic of a span would have cost. While one drags, the last answer stays. */
export function useWhatIf({ span, scenario, group, currency }: Asked) {
  const { model, at, route, key, of } = scenario
  return useAsk(
    'what_if.ask',
    {
      body: {
        from: span?.from ?? '',
        to: span?.to ?? '',
        group_by: group,
        ...(model === undefined ? {} : { model }),
        ...(at === undefined ? {} : { prices_at: at }),
        ...(route === undefined ? {} : { route }),
        ...(key === undefined ? {} : { key }),
        ...(of === undefined ? {} : { of_model: of }),
        ...(currency === undefined ? {} : { currency }),
      },
    },
    { when: span !== null },
  )
}

/**
 * What is shown before anybody has chosen, at the prices of the end: everything on the model that fell most in the year before (and is
 * not free), and everything on its own model. A third one waits for a model.
 */
export function useFirstScenarios(
  span: Span | null,
): { readonly a: Scenario; readonly b: Scenario; readonly c: Scenario } | null {
  const changes = useAsk('prices.changes', { query: {} })
  return useMemo(() => {
    if (span === null || changes.data === undefined) return null
    const from = new Date(Date.parse(span.to) - 365 * DAY).toISOString()
    const fell = changesIn(changes.data.items, { from, to: span.to })
      .filter(
        ({ component, when, percent, to }) =>
          component === 'input' && when === null && Number(percent) < 0 && Number(to) > 0,
      )
      .toSorted((one, other) => Number(one.percent) - Number(other.percent))[0]
    return { a: fell === undefined ? {} : { model: fell.model, at: span.to }, b: { at: span.to }, c: { at: span.to } }
  }, [span, changes.data])
}
