import { useFormat, type Amount } from '../format/format.ts'

/** An amount, short; every digit in its title. Null: no price is known, which is not the same as nothing. */
export function Money({ of }: { readonly of: Amount | null }) {
  const { money, exactMoney } = useFormat()
  if (of === null) return <span className="text-ink-3">—</span>
  return (
    <span className="tabular whitespace-nowrap" title={exactMoney(of)}>
      {money(of)}
    </span>
  )
}

/** Amounts of several currencies, one a line: they are never added up. */
export function Monies({ of }: { readonly of: readonly Amount[] }) {
  if (of.length === 0) return <span className="text-ink-3">—</span>
  return (
    <span className="inline-flex flex-col">
      {of.map((amount) => (
        <Money key={amount.currency} of={amount} />
      ))}
    </span>
  )
}
