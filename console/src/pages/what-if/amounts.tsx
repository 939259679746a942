import { useFormat } from '@paddock/webkit/format/format.ts'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Minus, TrendingDown, TrendingUp } from 'lucide-react'
import { amountsOf, type Sums } from './sums.ts'

/** What all of it would have cost, and by how much that is more or less. */
export function Outcome({ sums }: { readonly sums: Sums }) {
  return (
    <div className="flex flex-col gap-0.5">
      <span className="text-2xl leading-tight font-semibold">
        <Monies of={amountsOf(sums, 'after')} />
      </span>
      <span className="text-sm text-ink-2">
        <Difference sums={sums} />
      </span>
    </div>
  )
}

export function Difference({ sums }: { readonly sums: Sums }) {
  const { percent } = useFormat()
  // To a tenth of a percent, and never a zero that falls.
  const share = sums.percent === null ? null : Math.round(Number(sums.percent) * 10) / 1000 || 0
  const Icon = share === null || share === 0 ? Minus : share > 0 ? TrendingUp : TrendingDown
  return (
    <span className="tabular inline-flex items-center gap-2">
      <Monies of={amountsOf(sums, 'difference')} />
      {share !== null && (
        <span
          className={`inline-flex items-center gap-1 font-semibold whitespace-nowrap ${share < 0 ? 'text-accent' : 'text-ink'}`}
        >
          <Icon size={14} aria-hidden />
          {share > 0 ? '+' : ''}
          {percent(share)}
        </span>
      )}
    </span>
  )
}
