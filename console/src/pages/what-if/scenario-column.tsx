import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { IconButton } from '@paddock/webkit/ui/button.tsx'
import { Choice } from '@paddock/webkit/ui/choice.tsx'
import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { TriangleAlert, X } from 'lucide-react'
import { useMemo } from 'react'
import { InAndOut } from '../../price-book/prices.tsx'
import type { PricedModel } from '../../price-book/rows.ts'
import { Outcome } from './amounts.tsx'
import { useDrop } from './drag.ts'
import { PriceDate } from './price-date.tsx'
import type { Scenario, Slot } from './search.ts'
import { amountsOf, assumptionsOf, commonCurrency, shownOf, sizeOf, type Sums, type WhatIf } from './sums.ts'
import { text } from './text.ts'
import { Traffic } from './traffic.tsx'

type ColumnProps = {
  readonly slot: Slot
  readonly scenario: Scenario
  readonly answer: {
    readonly data: WhatIf | undefined
    readonly error: Error | null
    readonly isPlaceholderData: boolean
    readonly refetch: () => unknown
  }
  readonly baseline: WhatIf | undefined
  readonly models: readonly PricedModel[]
  readonly onChange: (part: Partial<Scenario>) => void
  readonly onRemove: (() => void) | undefined
}

/** One scenario: whose prices, of when, for which traffic; and what comes of it. */
export function ScenarioColumn({ slot, scenario, answer, baseline, models, onChange, onRemove }: ColumnProps) {
  const t = useText(text)
  const name = t.scenario(slot.toUpperCase())
  const { isOver, target } = useDrop((model) => onChange({ model }))
  return (
    <section
      aria-label={name}
      data-slot={slot}
      {...target}
      className={classNames(
        'flex min-w-0 flex-col gap-3 rounded-card border p-4 transition-colors',
        isOver ? 'border-accent bg-accent-soft' : 'border-line bg-page',
      )}
    >
      <header className="flex h-6 items-center gap-2">
        <h2 className="flex-1 text-base font-semibold">{name}</h2>
        {answer.isPlaceholderData && !isOver && (
          <span role="status" className="text-xs text-ink-2">
            {t.repricing}
          </span>
        )}
        {isOver && <span className="text-xs text-accent">{t.dropHere}</span>}
        {onRemove && <IconButton icon={X} label={t.remove} onClick={onRemove} />}
      </header>
      <ModelChoice model={scenario.model} models={models} onChange={(model) => onChange({ model })} />
      <PriceDate at={scenario.at} model={scenario.model} onChange={(at) => onChange({ at })} />
      <Traffic scenario={scenario} onChange={onChange} />
      <div className="mt-auto border-t border-line pt-3">
        {answer.error !== null && <ErrorNote error={answer.error} onRetry={() => void answer.refetch()} />}
        {answer.data === undefined ? (
          answer.error === null && <Skeleton className="h-28" />
        ) : (
          <div
            aria-busy={answer.isPlaceholderData || undefined}
            className={classNames(answer.isPlaceholderData && 'text-ink-3')}
          >
            <Result found={answer.data} baseline={baseline} />
          </div>
        )}
      </div>
    </section>
  )
}

type ModelChoiceProps = {
  readonly model: string | undefined
  readonly models: readonly PricedModel[]
  readonly onChange: (model: string | undefined) => void
}

function ModelChoice({ model, models, onChange }: ModelChoiceProps) {
  const t = useText(text)
  const own = useMemo((): PricedModel => ({ name: t.ownModel, currency: '', input: null, output: null }), [t])
  const items = useMemo(() => [own, ...models], [own, models])
  // A name in the address may be of no model, or of one without a price then.
  const chosen = model === undefined ? own : (models.find(({ name }) => name === model) ?? { ...own, name: model })
  return (
    <Choice
      label={t.model}
      items={items}
      value={chosen}
      onChange={(item) => onChange(item === null || item.name === own.name ? undefined : item.name)}
      nameOf={({ name }) => name}
      aside={(item) => item.currency !== '' && <InAndOut of={item} />}
    />
  )
}

function Result({ found, baseline }: { readonly found: WhatIf; readonly baseline: WhatIf | undefined }) {
  const t = useText(text)
  const { number } = useFormat()
  const sums = shownOf(found)
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <Outcome sums={sums} />
      <BeforeAndAfter sums={sums} baseline={baseline && shownOf(baseline)} />
      <p className="flex flex-wrap gap-x-1.5 text-xs text-ink-3">
        {t.before} <Monies of={amountsOf(sums, 'before')} /> · {t.requests(number(sums.requests))}
      </p>
      {sums.unpriced.after > 0 && (
        <p className="flex items-start gap-1.5 text-xs">
          <TriangleAlert size={14} aria-hidden className="mt-0.5 shrink-0 text-warn" />
          <span>
            <span className="font-medium text-warn">{t.unpriced(number(sums.unpriced.after))}</span>{' '}
            {sums.unpriced.after > sums.unpriced.before && <span className="text-ink-2">{t.unpricedHint}</span>}
          </span>
        </p>
      )}
      <Assumptions found={found} />
    </div>
  )
}

/** Both as bars beside the largest; only where all is in one currency. */
function BeforeAndAfter({ sums, baseline }: { readonly sums: Sums; readonly baseline: Sums | undefined }) {
  const t = useText(text)
  const { percent } = useFormat()
  const currency = commonCurrency([sums])
  const [before, after] = [sizeOf(sums, 'before', currency), sizeOf(sums, 'after', currency)]
  if (before === null || after === null) return null
  const most = Math.max(before, after, (baseline && sizeOf(baseline, 'before', currency)) ?? 0) || 1
  return (
    <div className="flex flex-col gap-1">
      <Bar share={before / most} tone="plain" label={`${t.before}: ${percent(before / most)}`} />
      <Bar share={after / most} label={`${percent(after / most)}`} />
    </div>
  )
}

function Assumptions({ found }: { readonly found: WhatIf }) {
  const t = useText(text)
  const { taken, unpriced } = assumptionsOf(found)
  if (taken.length + unpriced.length === 0) return null
  return (
    <details className="text-xs text-ink-2">
      <summary className="cursor-pointer text-ink-3 hover:text-ink">
        {t.assumptions} ({taken.length + unpriced.length})
      </summary>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
        {taken.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {unpriced.map((reason) => (
          <li key={reason} className="line-clamp-3 text-warn" title={reason}>
            {reason}
          </li>
        ))}
      </ul>
    </details>
  )
}
