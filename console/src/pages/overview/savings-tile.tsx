import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Stat } from '@paddock/webkit/ui/stat.tsx'
import { text } from './timeline-text.ts'

type Savings = NonNullable<Answer<'overview.overview'>['savings']>

/** What promotions have saved in the span, beside what the same requests would have cost. */
export function SavingsTile({ of: { saved, counterfactual } }: { readonly of: Savings }) {
  const t = useText(text)
  const { money } = useFormat()
  return (
    <div className="col-span-2 flex flex-col *:flex-1 lg:col-span-1">
      <Stat
        label={t.saved}
        value={<Monies of={saved} />}
        note={counterfactual.length > 0 && t.insteadOf(counterfactual.map((amount) => money(amount)).join(' + '))}
      />
    </div>
  )
}
