import type { Answer } from '@paddock/webkit/api/operation.ts'
import { trimZeros, useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { useAsk } from '../../query.ts'
import { PricedModel } from './model-name.tsx'
import { useEstimate } from './points.ts'
import { text } from './race-text.ts'

type Detail = Answer<'races.find'>
type ArmPricesProps = { readonly of: Detail; readonly challenger: Detail['challengers'][number] }

/** What both cost when it was decided, or now, and what a unit came to: that is what the cost gate compares. */
export function ArmPrices({ of: { race, plan }, challenger }: ArmPricesProps) {
  const t = useText(text)
  const estimate = useEstimate(plan.currency)
  const at = race.promotion?.at ?? race.ended_at ?? undefined
  return (
    <div className="border-t border-line px-4 py-3 text-sm">
      <p className="mb-1 text-xs text-ink-3">{at === undefined ? t.pricesNow : t.prices}</p>
      <ul className="flex flex-col gap-1">
        {[race.champion, challenger.model].map((model) => (
          <li key={model} className="flex flex-wrap justify-between gap-x-4">
            <PricedModel of={model} />
            <Price of={model} at={at} />
          </li>
        ))}
      </ul>
      {challenger.mean_cost !== null && (
        <p className="mt-2 text-xs text-ink-3">{t.meanCost(estimate(challenger.mean_cost))}</p>
      )}
    </div>
  )
}

function Price({ of, at }: { readonly of: string; readonly at: string | undefined }) {
  const t = useText(text)
  const { compact } = useFormat()
  const cut = of.indexOf('/')
  const [provider, model] = [of.slice(0, cut), of.slice(cut + 1)]
  const rows = useAsk('prices.list', { query: { provider, model, at, limit: 20 } })
  if (rows.data === undefined) return rows.error === null ? <Skeleton className="h-4 w-28" /> : <span>—</span>
  const row = rows.data.items.find((each) => each.model === model)
  const { input, output } = row?.rates ?? {}
  if (!row || !input) return <span className="text-ink-3">{t.noPrice}</span>
  return (
    <span className="tabular text-ink-2">
      {t.inOut(trimZeros(input.price), output ? trimZeros(output.price) : '—')} {row.currency} / {compact(input.per)}
    </span>
  )
}
