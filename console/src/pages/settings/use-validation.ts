import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useEffect, useState } from 'react'
import { useAsk } from '../../query.ts'

export type Fault = Answer<'settings.validate'>['faults'][number]

export type Validation = {
  /** Null while it is not known. */
  readonly ok: boolean | null
  readonly faults: readonly Fault[]
  readonly warnings: readonly string[]
  readonly error: Error | null
}

const WAIT_MS = 400

/** What the server says about a text, once one has stopped typing. While it is asked, the last faults stay in sight. */
export function useValidation(text: string): Validation {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS)
    return () => clearTimeout(timer)
  }, [text])
  const { data, error, isPlaceholderData } = useAsk('settings.validate', { body: { text: settled } })
  const isCurrent = data !== undefined && !isPlaceholderData && settled === text
  return {
    ok: isCurrent ? data.ok : null,
    // In the order of the text; first what is about no place in it.
    faults: (data?.faults ?? []).toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)),
    warnings: data?.warnings ?? [],
    error,
  }
}
