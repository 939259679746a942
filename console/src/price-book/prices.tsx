import { trimZeros, useFormat } from '@paddock/webkit/format/format.ts'
import { useLanguage, useText } from '@paddock/webkit/text/language.tsx'
import { conditionInWords } from './condition.ts'
import { isOfTokens, perMillion, type Rate } from './per-million.ts'
import type { PricedModel } from './rows.ts'
import { text } from './text.ts'

export function useComponentName(): (component: string) => string {
  const { components } = useText(text)
  return (component) => (components as Readonly<Record<string, string>>)[component] ?? component
}

export function useCondition(): (condition: string) => string {
  const { language } = useLanguage()
  return (condition) => conditionInWords(condition, language)
}

type PriceProps = { readonly component: string; readonly rate: Rate | undefined; readonly currency: string }

/** What a million tokens cost, or one of what is not counted in tokens; nothing where there is no price. */
export function Price({ component, rate, currency }: PriceProps) {
  const t = useText(text)
  const { price, number } = useFormat()
  if (rate === undefined) return <span className="text-ink-3">—</span>
  const million = isOfTokens(component) ? perMillion(rate) : null
  const shown = million ?? rate.price
  const unit = million === null && rate.per !== 1 ? t.per(number(rate.per)) : null
  return (
    <span
      className="tabular whitespace-nowrap"
      title={`${trimZeros(rate.price)} ${currency} ${t.per(number(rate.per))}`}
    >
      {trimZeros(shown) === '0' ? t.free : price({ amount: shown, currency })}
      {unit !== null && <span className="text-xs text-ink-3"> {unit}</span>}
    </span>
  )
}

/** "¥0.5 / 2" */
export function InAndOut({ of: { input, output, currency } }: { readonly of: PricedModel }) {
  const t = useText(text)
  const { price } = useFormat()
  const write = (amount: string | null): string => (amount === null ? '—' : price({ amount, currency }))
  return (
    <span className="tabular min-w-0 truncate text-xs text-ink-2">
      {input === '0' && output === '0' ? t.free : `${write(input)} / ${output ?? '—'}`}
    </span>
  )
}
