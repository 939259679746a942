import { Minus, TrendingDown, TrendingUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { useFormat } from '../format/format.ts'
import { Skeleton } from './panel.tsx'

type StatProps = {
  readonly label: string
  readonly value: ReactNode
  readonly title?: string
  /** Against what it was before, as a share of it: 0.031 is 3.1 % more; null where nothing was before. */
  readonly change?: number | null
  readonly note?: ReactNode
  readonly loading?: boolean
}

/** By how much something grew, as a `change`; null where one of both is not known, or nothing was before. */
export function growth(now: number | undefined, before: number | undefined): number | null {
  return now === undefined || before === undefined || before === 0 ? null : now / before - 1
}

/** One number with its name. Up is not good and down not bad by itself, so neither has a colour. */
export function Stat({ label, value, title, change, note, loading = false }: StatProps) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 rounded-card border border-line bg-page px-4 py-3">
      <p className="truncate text-xs text-ink-3">{label}</p>
      {loading ? (
        <Skeleton className="my-1 h-7 w-24" />
      ) : (
        <p title={title} className="tabular truncate text-2xl font-semibold">
          {value}
        </p>
      )}
      <div className="flex min-h-5 flex-wrap items-center gap-x-2 text-xs text-ink-3">
        {!loading && change !== undefined && change !== null && <Change of={change} />}
        {!loading && note}
      </div>
    </div>
  )
}

/** ▲ 3.1 % */
function Change({ of }: { readonly of: number }) {
  const { percent } = useFormat()
  const Icon = of > 0 ? TrendingUp : of < 0 ? TrendingDown : Minus
  return (
    <span className="tabular inline-flex items-center gap-1 text-ink-2">
      <Icon size={12} aria-hidden />
      {of > 0 ? '+' : ''}
      {percent(of)}
    </span>
  )
}
