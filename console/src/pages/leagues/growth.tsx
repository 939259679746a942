import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { text } from './text.ts'

type GrowthProps = { readonly now: number; readonly before: number }

/** "34.7×", and under it how much more that is in percent. */
export function Growth({ now, before }: GrowthProps) {
  const t = useText(text)
  const { number, percent, times } = useFormat()
  if (before === 0) return now > 0 ? <Badge tone="accent">{t.isNew}</Badge> : <span className="text-ink-3">—</span>
  const more = now / before - 1
  return (
    <span title={t.before(number(before))} className="block leading-tight">
      {times(now / before)}
      <span className="block text-xs text-ink-3">{`${more > 0 ? '+' : ''}${percent(more)}`}</span>
    </span>
  )
}
