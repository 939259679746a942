import { useFormat } from '@paddock/webkit/format/format.ts'
import { Bar } from '@paddock/webkit/ui/bar.tsx'

/** A part of a whole, as a bar with its number. `of`: in percent, as leagues tell it. */
export function Share({ of }: { readonly of: number | null }) {
  const { percent } = useFormat()
  if (of === null) return <span className="text-ink-3">—</span>
  const label = percent(of / 100)
  return (
    <span className="flex items-center gap-2">
      <span className="w-24">
        <Bar share={of / 100} label={label} />
      </span>
      <span aria-hidden className="tabular w-12 text-right text-xs text-ink-2">
        {label}
      </span>
    </span>
  )
}
