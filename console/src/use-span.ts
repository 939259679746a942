import { useMemo } from 'react'
import type { SpanName, SpanSearch } from './search.ts'
import { useNow } from './use-now.ts'

const HOUR = 3_600_000
const LENGTHS: Readonly<Record<SpanName, number>> = { '24h': 24, '7d': 168, '30d': 720, '90d': 2160 }

export type Span = { readonly from: string; readonly to: string | undefined }

/** Own days, or so far back from `end`. Begins with a whole hour, so that the same question is asked the same way. */
export function spanOf({ span = '7d', from, to }: SpanSearch, end: number): Span {
  if (from !== undefined) return { from, to }
  return { from: new Date(Math.floor(end / HOUR - LENGTHS[span]) * HOUR).toISOString(), to: undefined }
}

/** The span a page about traffic asks for: books that have been still for long are looked at from their last entry. */
export function useSpan(search: SpanSearch): Span {
  const { latest, isStill } = useNow()
  const { span, from, to } = search
  return useMemo(() => {
    const asked = spanOf({ span, from, to }, latest)
    return { from: asked.from, to: asked.to ?? (isStill ? new Date(latest).toISOString() : undefined) }
  }, [span, from, to, latest, isStill])
}
