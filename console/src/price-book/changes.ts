import type { Answer } from '@paddock/webkit/api/operation.ts'

/** The changes of prices are few enough to be had whole, as the price book is; what a page shows of them is picked here. */

export type PriceChange = Answer<'prices.changes'>['items'][number]

type Wanted = {
  readonly from?: string | undefined
  /** Exclusive. */
  readonly to?: string | undefined
  readonly provider?: string | undefined
}

/** Those of a span of time and of a provider; what is left out is not asked for. */
export function changesIn(changes: readonly PriceChange[], { from, to, provider }: Wanted): PriceChange[] {
  const [first, end] = [from === undefined ? -Infinity : Date.parse(from), to === undefined ? Infinity : Date.parse(to)]
  return changes.filter(({ at, model }) => {
    const time = Date.parse(at)
    return time >= first && time < end && (provider === undefined || model.startsWith(`${provider}/`))
  })
}
