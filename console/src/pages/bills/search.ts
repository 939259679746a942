import { oneOf, searchOf, text } from '../../search.ts'

export const TABS = ['invoices', 'reconciliation', 'charges'] as const

/** `month`: the last with entries where none is named. `invoice`: the number of the one that is looked at. */
export const billsSearch = searchOf({
  tab: oneOf(TABS),
  month: text,
  by: oneOf(['team', 'key']),
  team: text,
  invoice: text,
})

export type BillsSearch = ReturnType<typeof billsSearch>

export type PartProps = {
  readonly search: BillsSearch
  readonly onChange: (part: Partial<BillsSearch>) => void
}
