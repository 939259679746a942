import { useMemo } from 'react'
import { useLanguage } from '../text/language.tsx'
import { LOCALES, type Language } from '../text/texts.ts'

/** Numbers, money and time as the language writes them. Amounts stay decimals as text: Intl reads them exactly. */

export type Amount = { readonly amount: string; readonly currency: string }

export type Format = ReturnType<typeof makeFormat>

export function useFormat(): Format {
  const { language } = useLanguage()
  return useMemo(() => formatFor(language), [language])
}

const made = new Map<Language, Format>()

export function formatFor(language: Language): Format {
  const format = made.get(language) ?? makeFormat(LOCALES[language])
  made.set(language, format)
  return format
}

function makeFormat(locale: string) {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const fraction = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 })
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const day = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short', day: 'numeric' })
  const shortDay = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
  const moment = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' })
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return {
    /** 1,234 */
    number: (value: number) => whole.format(value),
    /** 1,234.5 */
    decimal: (value: number) => decimal.format(value),
    /** 1.2K, 1.2万 */
    compact: (value: number) => compact.format(value),
    /** How many times as much: 34.7×, and for less than once 0.04×. */
    times: (value: number) => `${(value < 1 ? fraction : decimal).format(value)}×`,
    /** A share of one as percent: 0.123 is 12.3 %. */
    percent: (share: number) => percent.format(share),
    /** Two decimals, and as many more as a small amount needs to be seen. */
    money: (amount: Amount) => moneyFormat(locale, amount).format(amount.amount as `${number}`),
    /** The price of something: every digit it has, and no more. */
    price: ({ amount, currency }: Amount) => priceFormat(locale, currency).format(amount as `${number}`),
    /** Every digit there is. */
    exactMoney: ({ amount, currency }: Amount) => `${trimZeros(amount)} ${currency}`,
    day: (at: string | number) => day.format(asDate(at)),
    shortDay: (at: string | number) => shortDay.format(asDate(at)),
    /** Day, hour and minute. */
    moment: (at: string | number) => moment.format(asDate(at)),
    /** Everything, with the time zone: for titles. */
    exactMoment: (at: string | number) => exact.format(asDate(at)),
    clock: (at: string | number) => clock.format(asDate(at)),
    /** "3 minutes ago", "in 2 days". */
    ago: (at: string | number, now: number) => relativeTo(relative, asDate(at).getTime() - now),
    duration: (ms: number) => durationText(locale, ms),
  }
}

function asDate(at: string | number): Date {
  return new Date(at)
}

const moneyFormats = new Map<string, Intl.NumberFormat>()

function moneyFormat(locale: string, { amount, currency }: Amount): Intl.NumberFormat {
  const size = Math.abs(Number(amount))
  // Three digits that count, of what is less than one.
  const digits = size > 0 && size < 1 ? 2 - Math.floor(Math.log10(size)) : 2
  const key = `${locale} ${currency} ${digits}`
  const found = moneyFormats.get(key)
  if (found) return found
  const decimals = { minimumFractionDigits: 2, maximumFractionDigits: digits }
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, ...decimals })
  moneyFormats.set(key, format)
  return format
}

const priceFormats = new Map<string, Intl.NumberFormat>()

function priceFormat(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`
  const format =
    priceFormats.get(key) ??
    new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: 0, maximumFractionDigits: 12 })
  priceFormats.set(key, format)
  return format
}

/** "0.000143500000" as "0.0001435", "3.000000" as "3". */
export function trimZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

function relativeTo(relative: Intl.RelativeTimeFormat, ms: number): string {
  const [unit, length] = UNITS.find(([, size]) => Math.abs(ms) >= size) ?? (['second', 1000] as const)
  return relative.format(Math.trunc(ms / length), unit)
}

function durationText(locale: string, ms: number): string {
  const [value, unit] =
    ms < 1000
      ? ([ms, 'millisecond'] as const)
      : ms < 120_000
        ? ([ms / 1000, 'second'] as const)
        : ([ms / 60_000, 'minute'] as const)
  return unitFormat(locale, unit).format(value)
}

const unitFormats = new Map<string, Intl.NumberFormat>()

function unitFormat(locale: string, unit: string): Intl.NumberFormat {
  const key = `${locale} ${unit}`
  const digits = unit === 'millisecond' ? 0 : 1
  const format =
    unitFormats.get(key) ??
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits })
  unitFormats.set(key, format)
  return format
}
