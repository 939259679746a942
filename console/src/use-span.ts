import { useMemo } from 'react'
import { useNow } from './use-now.ts'
import type { SpanName, SpanSearch } from './search.ts'

const HOUR = 3_600_000
const LENGTHS: Readonly<Record<SpanName, number>> = {
  '24h': 24 * HOUR,
  '7d': 168 * HOUR,
  '30d': 720 * HOUR,
  '90d': 2160 * HOUR,
}

/** The span a page asks for: own days, or so far back from now. Whole hours, so that the same question is asked the same way. */
export function useSpan({ span = '7d', from, to }: SpanSearch): {
  readonly from: string
  readonly to: string | undefined
} {
  const { latest, isStill } = useNow()
  return useMemo(() => {
    if (from !== undefined) return { from, to }
    const start = Math.floor((latest - LENGTHS[span]) / HOUR) * HOUR
    return { from: new Date(start).toISOString(), to: isStill ? new Date(latest).toISOString() : undefined }
  }, [span, from, to, latest, isStill])
}
