import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import type { Column } from '@paddock/webkit/ui/table.tsx'
import { perMillion, type Rate } from '../../price-book/per-million.ts'
import { Price, useComponentName, useCondition } from '../../price-book/prices.tsx'
import { wholeName, type PriceRow } from '../../price-book/rows.ts'
import { text as bookText } from '../../price-book/text.ts'
import { text } from './text.ts'

const COLUMNS = ['input', 'cached_input', 'cache_write', 'output'] as const

/** What the price book shows of each row. */
export function usePriceColumns(): Column<PriceRow>[] {
  const t = useText(text)
  const componentName = useComponentName()
  return [
    { id: 'model', head: t.model, sort: wholeName, cell: (row) => <Name row={row} /> },
    ...COLUMNS.map((component): Column<PriceRow> => ({
      id: component,
      head: componentName(component),
      align: 'right',
      hidden: component === 'cache_write',
      sort: (row) => Number(perMillion(pricesOf(row, component)[0]) ?? -1),
      cell: (row) => <PriceCell row={row} component={component} />,
    })),
    { id: 'conditions', head: t.conditionsInOut, cell: (row) => <Variants row={row} /> },
    {
      id: 'valid',
      head: t.valid,
      sort: ({ valid_from }) => valid_from ?? '',
      cell: (row) => (
        <span className="block w-28">
          <Validity row={row} />
        </span>
      ),
    },
    {
      id: 'level',
      head: t.level,
      sort: ({ level }) => level,
      cell: ({ level, confidence }) => (
        <span className="flex flex-col items-start gap-0.5">
          <LevelBadge level={level} />
          {confidence === 'low' && <Confidence of="low" />}
        </span>
      ),
    },
    {
      id: 'confidence',
      head: t.confidence,
      hidden: true,
      sort: ({ confidence }) => ['low', 'medium', 'high'].indexOf(confidence),
      cell: ({ confidence }) => <Confidence of={confidence} />,
    },
    { id: 'sources', head: t.sources, cell: (row) => <Sources row={row} /> },
  ]
}

function Name({ row }: { readonly row: PriceRow }) {
  const t = useText(text)
  return (
    <span className="flex flex-col items-start">
      <span className="whitespace-nowrap">
        <span className="text-ink-3">{row.provider}/</span>
        <span className="font-medium">{row.model}</span>
        {row.match === 'prefix' && <span className="text-ink-3">*</span>}
      </span>
      {row.promo && <Badge tone="accent">{t.promo}</Badge>}
      {row.basis === 'capacity' && <Badge>{t.capacity}</Badge>}
    </span>
  )
}

/** The row's own price of a component, or else those under its conditions, from the lowest to the highest. */
function pricesOf({ rates, variants }: PriceRow, component: string): Rate[] {
  const own = rates[component]
  if (own) return [own]
  return variants
    .flatMap((variant) => variant.rates[component] ?? [])
    .toSorted((one, other) => Number(perMillion(one)) - Number(perMillion(other)))
}

function PriceCell({ row, component }: { readonly row: PriceRow; readonly component: string }) {
  const prices = pricesOf(row, component)
  const [low, high] = [prices[0], prices.at(-1)]
  if (row.rates[component] || low === undefined || perMillion(low) === perMillion(high))
    return <Price component={component} rate={low} currency={row.currency} />
  return (
    <span className="inline-flex flex-col items-end text-ink-2">
      <span>
        <Price component={component} rate={low} currency={row.currency} /> –
      </span>
      <Price component={component} rate={high} currency={row.currency} />
    </span>
  )
}

const VARIANTS_MAX = 2

function Variants({ row: { variants, currency } }: { readonly row: PriceRow }) {
  const t = useText(text)
  const inWords = useCondition()
  if (variants.length === 0) return <span className="text-ink-3">—</span>
  return (
    <ul className="flex w-40 flex-col text-xs">
      {variants.slice(0, VARIANTS_MAX).map(({ name, condition, rates }) => (
        <li key={name} title={condition}>
          <span className="text-ink-3">{inWords(condition)}</span>{' '}
          <span className="whitespace-nowrap text-ink-2">
            <Price component="input" rate={rates['input']} currency={currency} />
            {' / '}
            <Price component="output" rate={rates['output']} currency={currency} />
          </span>
        </li>
      ))}
      {variants.length > VARIANTS_MAX && (
        <li className="text-ink-3">{t.moreVariants(variants.length - VARIANTS_MAX)}</li>
      )}
    </ul>
  )
}

export function Validity({
  row: { valid_from, valid_to },
}: {
  readonly row: Pick<PriceRow, 'valid_from' | 'valid_to'>
}) {
  const t = useText(text)
  const { day, exactMoment } = useFormat()
  const title = [valid_from, valid_to].map((at) => (at === null ? '…' : exactMoment(at))).join(' – ')
  return (
    <span title={title} className="tabular inline-flex flex-wrap gap-x-1 text-xs text-ink-2">
      {valid_from === null && valid_to === null && t.always}
      {valid_from !== null && <span className="whitespace-nowrap">{day(valid_from)} –</span>}
      {valid_to !== null && <span>{valid_from === null ? t.until(day(valid_to)) : day(valid_to)}</span>}
    </span>
  )
}

export function LevelBadge({ level }: { readonly level: PriceRow['level'] }) {
  const { levels } = useText(bookText)
  return <Badge tone={level === 'override' ? 'accent' : level === 'contract' ? 'ok' : 'plain'}>{levels[level]}</Badge>
}

export function Confidence({ of }: { readonly of: PriceRow['confidence'] }) {
  const { confidences } = useText(text)
  if (of === 'low') return <Badge tone="warn">{confidences.low}</Badge>
  return <span className="text-xs whitespace-nowrap text-ink-2">{confidences[of]}</span>
}

function Sources({ row: { sources } }: { readonly row: PriceRow }) {
  const first = sources[0]
  if (first === undefined) return <span className="text-ink-3">—</span>
  return (
    <span
      className="block w-24 truncate text-xs text-ink-3"
      title={sources.map(({ what, url }) => `${what}\n${url}`).join('\n\n')}
    >
      {sources.length > 1 && `${sources.length} · `}
      {first.what}
    </span>
  )
}
