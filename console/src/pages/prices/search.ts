import { oneOf, searchOf, text, yes, type Search } from '../../search.ts'

export const TABS = ['book', 'changes', 'proposals', 'overrides'] as const
export const RANGES = ['90d', '1y', 'all'] as const

const readers = {
  tab: oneOf(TABS),
  /** The day or instant as of which the book is looked at. */
  at: text,
  provider: text,
  /** A part of a model's name. */
  model: text,
  currency: text,
  /** The model that is looked at, and which of its rows. */
  of: text,
  row: text,
  range: oneOf(RANGES),
  component: text,
  /** The models of the chart, with commas between them. */
  chart: text,
  /** Only what fell or rose by more than half. */
  large: yes,
  /** Proposals that were decided; overrides that were taken back. */
  past: yes,
}

export type PricesSearch = Search<typeof readers>
export const pricesSearch = searchOf(readers)

export type TabProps = {
  readonly search: PricesSearch
  readonly onChange: (part: Partial<PricesSearch>) => void
}
