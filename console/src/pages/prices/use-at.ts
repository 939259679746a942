import { useMemo } from 'react'
import { useNow } from '../../use-now.ts'

/** The instant as of which prices are looked at; undefined: now. Where books are still, that is their end. */
export function useAt(at: string | undefined): string | undefined {
  const { latest, isStill } = useNow()
  return useMemo(() => {
    if (at !== undefined && !Number.isNaN(Date.parse(at))) return at
    return isStill ? new Date(latest).toISOString() : undefined
  }, [at, latest, isStill])
}
