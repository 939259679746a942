import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { ALL_LIMITS, CALENDAR, type Limits } from './draft.ts'
import { text } from './text.ts'

/** Limits in words: "60 requests/min", "4 at once". */
export function useLimitWords(): (limits: Limits | null) => string[] {
  const t = useText(text)
  const { number } = useFormat()
  return (limits) =>
    ALL_LIMITS.flatMap((name) => {
      const value = limits?.[name]
      return value === undefined ? [] : [t.limitWords[name](value === 'none' ? t.unlimited : number(value))]
    })
}

/** "a month", "last 5h". */
export function useWindowWords(): (window: string) => string {
  const t = useText(text)
  return (window) => {
    const calendar = CALENDAR.find((name) => name === window)
    return calendar === undefined ? t.rollingWords(window) : t.windows[calendar]
  }
}
