import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, IconButton } from '@paddock/webkit/ui/button.tsx'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import { useClock } from '../../use-now.ts'
import { text } from './text.ts'

type TimeTravelProps = {
  /** Undefined: now. */
  readonly at: string | undefined
  readonly onChange: (at: string | undefined) => void
}

/** As of when the book is looked at: a day, or the instant of the change before or behind. */
export function TimeTravel({ at, onChange }: TimeTravelProps) {
  const t = useText(text)
  const { day, number, exactMoment } = useFormat()
  const now = useClock()
  const changes = useAsk('prices.changes', { query: { all: 'true' } })
  const counts = useMemo(() => countsOf(changes.data?.items ?? []), [changes.data])
  const instant = at === undefined ? now : Date.parse(at)
  const times = [...counts.keys()]
  const before = times.findLast((time) => time < instant)
  const behind = times.find((time) => time > instant)
  const go = (time: number | undefined) =>
    time === undefined ? undefined : () => onChange(new Date(time).toISOString())
  const changed = counts.get(instant)
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span title={exactMoment(instant)}>{t.asOf(day(instant))}</span>
      <span className="inline-flex items-center gap-1">
        <IconButton icon={ChevronLeft} label={t.changeBefore} disabled={before === undefined} onClick={go(before)} />
        <input
          type="date"
          aria-label={t.date}
          value={new Date(instant).toISOString().slice(0, 10)}
          onChange={({ target }) => isDay(target.value) && onChange(target.value)}
          className="tabular h-8 rounded-control border border-edge bg-page px-2 text-sm font-normal text-ink pointer-coarse:h-10"
        />
        <IconButton icon={ChevronRight} label={t.changeBehind} disabled={behind === undefined} onClick={go(behind)} />
        {at !== undefined && (
          <Button small kind="quiet" onClick={() => onChange(new Date(now).toISOString().slice(0, 10))}>
            {t.today}
          </Button>
        )}
      </span>
      {changed !== undefined && (
        <span className="text-xs font-normal text-ink-2">{t.changedThen(number(changed))}</span>
      )}
    </span>
  )
}

/** While a year is typed, it is one of long ago. */
function isDay(value: string): boolean {
  return value >= '2000-01-01'
}

function countsOf(changes: readonly { readonly at: string }[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const { at } of changes) {
    const time = Date.parse(at)
    counts.set(time, (counts.get(time) ?? 0) + 1)
  }
  return counts
}
