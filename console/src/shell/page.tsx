import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { useIsFetching } from '@tanstack/react-query'
import { useEffect, type ReactNode } from 'react'
import { useNow } from '../use-now.ts'
import { text } from './text.ts'

type PageProps = {
  readonly title: string
  readonly hint?: ReactNode
  /** Filters and buttons, at the right of the title. */
  readonly actions?: ReactNode
  /** When what is shown was read. */
  readonly asOf?: string
  readonly children: ReactNode
}

/** A page: its title, what is done here, and a thin line while something is asked anew. */
export function Page({ title, hint, actions, asOf, children }: PageProps) {
  const t = useText(text)
  const { clock, exactMoment } = useFormat()
  useEffect(() => {
    document.title = `${title} · Paddock`
  }, [title])
  return (
    <>
      <Progress />
      <div className="mb-4 flex flex-wrap items-end gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="text-xl font-semibold">{title}</h1>
          {hint !== undefined && <p className="max-w-prose text-sm text-ink-2">{hint}</p>}
        </div>
        {asOf !== undefined && (
          <span title={exactMoment(asOf)} className="tabular text-xs text-ink-3">
            {t.asOf(clock(asOf))}
          </span>
        )}
        {actions}
      </div>
      <div className="flex flex-col gap-4">{children}</div>
    </>
  )
}

/** Says that spans end in the past, and that what is shown is practice; nothing in the usual case. */
export function TimeNote() {
  const t = useText(text)
  const { day } = useFormat()
  const { latest, isStill, practice } = useNow()
  if (!isStill && practice === undefined) return null
  return (
    <p className="flex flex-wrap items-center gap-2 text-xs text-ink-3">
      {practice && (
        <>
          <Badge tone="accent">{t.practice}</Badge>
          {t.practiceHint}
        </>
      )}
      {isStill && t.still(day(latest))}
    </p>
  )
}

function Progress() {
  const isFetching = useIsFetching({ predicate: ({ state }) => state.data !== undefined }) > 0
  return (
    <div aria-hidden className="fixed inset-x-0 top-0 z-30 h-0.5">
      {isFetching && <div className="h-full w-full animate-pulse bg-accent" />}
    </div>
  )
}
