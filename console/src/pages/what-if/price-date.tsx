import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { IconButton } from '@paddock/webkit/ui/button.tsx'
import { X } from 'lucide-react'
import { useId, useMemo, useRef, useState } from 'react'
import { useAsk } from '../../query.ts'
import { stopAt, stopsOf, ticksOf, type Stop } from './stops.ts'
import { text } from './text.ts'

type PriceDateProps = {
  readonly at: string | undefined
  readonly model: string | undefined
  readonly onChange: (at: string | undefined) => void
}

/** Long enough not to ask at every step of a drag, short enough to feel at once. */
const SETTLE_MS = 180

/** As of when prices are taken: a slider over the days on which prices changed, and any day beside it. */
export function PriceDate({ at, model, onChange }: PriceDateProps) {
  const t = useText(text)
  const { day } = useFormat()
  const id = useId()
  const changes = useAsk('prices.changes', { query: {} })
  const stops = useMemo(() => stopsOf(changes.data?.items ?? []), [changes.data])
  const ticks = useMemo(() => ticksOf(stops, model), [stops, model])
  const [place, slide] = useSlide({ at, stops, onChange })
  const stop = stops[place]
  // A day between two stops was typed in.
  const shown = stop !== undefined && stopAt(stops, at) !== place ? stop.at : at
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline justify-between gap-2 text-sm">
        <label htmlFor={id} className="font-medium">
          {t.prices}
        </label>
        <span className="min-w-0 truncate text-ink-2">{shown === undefined ? t.ownTime : t.asOf(day(shown))}</span>
      </div>
      <div className="relative pb-2">
        <input
          id={id}
          type="range"
          aria-label={t.slide}
          aria-valuetext={shown === undefined ? t.ownTime : t.asOf(day(shown))}
          min={0}
          max={Math.max(0, stops.length - 1)}
          value={place}
          onChange={({ target }) => slide(Number(target.value))}
          className="block h-5 w-full accent-accent pointer-coarse:h-8"
        />
        <div aria-hidden className="pointer-events-none absolute inset-x-2 bottom-0 h-1.5">
          {ticks.map((share) => (
            <span
              key={share}
              className="absolute h-1.5 w-0.5 rounded-full bg-accent"
              style={{ left: `${share * 100}%` }}
            />
          ))}
        </div>
      </div>
      <div className="flex items-center gap-1">
        <input
          type="date"
          aria-label={t.date}
          value={shown?.slice(0, 10) ?? ''}
          onChange={({ target }) => target.value >= '2000' && onChange(target.value)}
          className="tabular h-8 min-w-0 flex-1 rounded-control border border-edge bg-page px-2 text-sm text-ink pointer-coarse:h-10"
        />
        <IconButton icon={X} label={t.clearDate} disabled={shown === undefined} onClick={() => onChange(undefined)} />
      </div>
      <p className="min-h-4.5 truncate text-xs text-ink-3">
        {stop !== undefined && shown !== undefined && <Happened stop={stop} />}
      </p>
    </div>
  )
}

/** "qwen-long −97.5 %, and 8 more" */
function Happened({ stop: { largest, others } }: { readonly stop: Stop }) {
  const { percent, day } = useFormat()
  if (largest === null) return null
  return (
    <>
      {day(largest.at)}: {largest.model} {percent(largest.percent / 100)}
      {others > 0 && ` +${others}`}
    </>
  )
}

type Slide = Pick<PriceDateProps, 'at' | 'onChange'> & { readonly stops: readonly Stop[] }

/** Follows the hand at once, and tells of it when the hand rests. */
function useSlide({ at, stops, onChange }: Slide): readonly [number, (place: number) => void] {
  const [held, setHeld] = useState<{ readonly place: number; readonly was: string | undefined } | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const place = held !== null && held.was === at ? held.place : stopAt(stops, at)
  const slide = (next: number): void => {
    setHeld({ place: next, was: at })
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onChange(stops[next]?.at), SETTLE_MS)
  }
  return [place, slide]
}
