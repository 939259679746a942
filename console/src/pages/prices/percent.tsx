import { useFormat } from '@paddock/webkit/format/format.ts'
import { Minus, TrendingDown, TrendingUp } from 'lucide-react'

/** "▼ −97.5 %", of a percentage that the server worked out; large falls are what one looks for, so they stand out. */
export function Percent({ of }: { readonly of: string | null }) {
  const { percent } = useFormat()
  if (of === null) return <span className="text-ink-3">—</span>
  const value = Number(of)
  const Icon = value > 0 ? TrendingUp : value < 0 ? TrendingDown : Minus
  return (
    <span
      className={`tabular inline-flex items-center gap-1 whitespace-nowrap ${value <= -50 ? 'font-semibold text-accent' : 'text-ink-2'}`}
    >
      <Icon size={12} aria-hidden />
      {value > 0 ? '+' : ''}
      {percent(value / 100)}
    </span>
  )
}
