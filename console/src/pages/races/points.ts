import { useFormat } from '@paddock/webkit/format/format.ts'
import { useLanguage } from '@paddock/webkit/text/language.tsx'
import { LOCALES } from '@paddock/webkit/text/texts.ts'
import { useMemo } from 'react'

/** A difference of shares, in percentage points and with its sign: 0.0218 is "+2.18 pp". Null: nothing is known. */
export function usePoints(): (difference: number | null) => string {
  const { language } = useLanguage()
  return useMemo(() => {
    const format = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 2, signDisplay: 'exceptZero' })
    return (difference) => (difference === null ? '—' : `${format.format(difference * 100)} pp`)
  }, [language])
}

/** An estimate of statistics as money: these are numbers, and nothing is booked by them. */
export function useEstimate(currency: string): (value: number | null) => string {
  const { money } = useFormat()
  return (value) => (value === null ? '—' : money({ amount: value.toFixed(12), currency }))
}
