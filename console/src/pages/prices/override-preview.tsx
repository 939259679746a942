import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Section } from '@paddock/webkit/ui/section.tsx'
import { Price, useComponentName } from '../../price-book/prices.tsx'
import { wholeName, type PriceRow } from '../../price-book/rows.ts'
import { Confidence, LevelBadge, Validity } from './columns.tsx'
import { EffectiveChanges } from './effective-changes.tsx'
import { MonthEffect } from './month-effect.tsx'
import { Percent } from './percent.tsx'
import { text as ownText } from './override-text.ts'
import { text } from './text.ts'

type Preview = Answer<'price_overrides.preview'>

/** What an override would do, before anybody sets it. */
export function OverridePreview({ preview: { row, wins_over, models, warnings } }: { readonly preview: Preview }) {
  const own = useText(ownText)
  return (
    <div className="flex flex-col gap-5">
      <Rows rows={[row]} />
      {warnings.map((warning) => (
        <Note key={warning} tone="warn">
          {warning}
        </Note>
      ))}
      <Section title={own.winsOver}>
        {wins_over.length === 0 ? (
          <p className="text-sm text-ink-2">{own.winsOverNone}</p>
        ) : (
          <div className="max-h-64 overflow-y-auto">
            <Rows rows={wins_over} />
          </div>
        )}
      </Section>
      <Section title={own.effect}>
        {models.length === 0 && <p className="text-sm text-ink-2">{own.effectNone}</p>}
        <ul className="flex flex-col gap-3">
          {models.map(({ model, changes, month }) => (
            <li key={model} className="rounded-control border border-line px-3 py-2">
              <p className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 text-sm">
                <span className="font-medium">{model}</span>
                <span className="flex items-baseline gap-3">
                  <MonthEffect of={month} />
                  {month.percent !== null && <Percent of={month.percent} />}
                </span>
              </p>
              <EffectiveChanges changes={changes} currency={row.currency} />
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}

function Rows({ rows }: { readonly rows: readonly PriceRow[] }) {
  const t = useText(text)
  const componentName = useComponentName()
  return (
    <ul className="flex flex-col rounded-control border border-line text-sm">
      {rows.map((row) => (
        <li
          key={row.id}
          className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0"
        >
          <span className="font-medium">{wholeName(row)}</span>
          <LevelBadge level={row.level} />
          {row.confidence === 'low' && <Confidence of="low" />}
          <Validity row={row} />
          <span className="ml-auto flex flex-wrap justify-end gap-x-3 text-xs">
            {Object.entries(row.rates).map(([component, rate]) => (
              <span key={component} className="whitespace-nowrap">
                <span className="text-ink-3">{componentName(component)}</span>{' '}
                <Price component={component} rate={rate} currency={row.currency} />
              </span>
            ))}
            {row.variants.length > 0 && <span className="text-ink-3">{t.moreVariants(row.variants.length)}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}
