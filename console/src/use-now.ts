import { useEffect, useMemo, useState } from 'react'
import { useAsk } from './query.ts'

const MINUTE = 60_000
const DAY = 86_400_000

/** The time, by the minute. */
export function useClock(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE)
    return () => clearInterval(timer)
  }, [])
  return now
}

/**
 * Which time pages look back from. Usually that is now; books that have been still for more than a day (a demo, a copy, a machine that
 * was off) are looked at from their last entry. `practice`: there is nothing but practice so far, so pages show that.
 */
export function useNow(): {
  readonly latest: number
  readonly isStill: boolean
  readonly practice: true | undefined
  readonly isEmpty: boolean
} {
  const now = useClock()
  const { data } = useAsk('overview.extent', {}, { every: MINUTE })
  return useMemo(() => {
    const shown = data?.real ?? data?.practice
    const last = shown ? Date.parse(shown.to) : now
    const isStill = now - last > DAY
    return {
      latest: isStill ? last : now,
      isStill,
      practice: data?.real === null && data.practice !== null ? true : undefined,
      isEmpty: data !== undefined && !shown,
    }
  }, [data, now])
}
