import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { CopyButton, CopyLine } from '@paddock/webkit/ui/copy.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Section } from '@paddock/webkit/ui/section.tsx'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Price, useComponentName, useCondition } from '../../price-book/prices.tsx'
import { usePriceRows, wholeName, type PriceRow } from '../../price-book/rows.ts'
import { Confidence, LevelBadge, Validity } from './columns.tsx'
import type { TabProps } from './search.ts'
import { text } from './text.ts'
import { useAt } from './use-at.ts'

/** One row of the price book whole, and the others of its model: what it cost before and will cost. */
export function RowDrawer({ search, onChange }: TabProps) {
  const t = useText(text)
  const { of, row: wanted } = search
  const [provider = '', ...rest] = (of ?? '').split('/')
  const asked = { all: 'true', provider, model: rest.join('/') } as const
  const rows = usePriceRows(asked, { when: of !== undefined })
  const history = rows.data?.filter((row) => wholeName(row) === of) ?? []
  const at = useAt(search.at)
  const row = history.find(({ id }) => id === wanted) ?? inForce(history, at) ?? history.at(-1)
  return (
    <Dialog
      shape="drawer"
      open={of !== undefined}
      onClose={() => onChange({ of: undefined, row: undefined })}
      title={of ?? ''}
      description={row && <CopyLine value={row.id} />}
    >
      {rows.error !== null && <ErrorNote error={rows.error} onRetry={() => void rows.refetch()} />}
      {row ? (
        <div className="flex flex-col gap-6">
          <Rates row={row} />
          <About row={row} />
          <Sources sources={row.sources} />
          <History rows={history} shown={row} onChoose={(id) => onChange({ row: id })} />
          {of !== undefined && <Elsewhere of={of} />}
        </div>
      ) : (
        rows.error === null &&
        (rows.data && !rows.isPlaceholderData ? <Note>{t.noSuchModel}</Note> : <Skeleton className="h-96" />)
      )}
    </Dialog>
  )
}

function inForce(rows: readonly PriceRow[], at: string | undefined): PriceRow | undefined {
  const instant = at === undefined ? Date.now() : Date.parse(at)
  return rows.find(
    ({ valid_from, valid_to }) =>
      (valid_from === null || Date.parse(valid_from) <= instant) &&
      (valid_to === null || Date.parse(valid_to) > instant),
  )
}

function Rates({ row: { rates, variants, currency } }: { readonly row: PriceRow }) {
  const t = useText(text)
  const componentName = useComponentName()
  const inWords = useCondition()
  const groups = [
    ...(Object.keys(rates).length === 0
      ? []
      : [{ name: '', title: variants.length === 0 ? t.price : t.otherwise, rates }]),
    ...variants.map((variant) => ({ name: variant.name, title: inWords(variant.condition), rates: variant.rates })),
  ]
  return (
    <table className="w-full text-sm">
      <caption className="sr-only">{t.price}</caption>
      {groups.map(({ name, title, rates: own }) => (
        <tbody key={name}>
          <tr>
            <th
              scope="rowgroup"
              colSpan={2}
              className="pt-3 pb-1 text-left text-xs font-medium text-ink-3 first-letter:uppercase"
            >
              {title}
              {name !== '' && <span className="font-normal"> · {name}</span>}
            </th>
          </tr>
          {Object.entries(own).map(([component, rate]) => (
            <tr key={component} className="border-t border-line">
              <th scope="row" className="py-1.5 text-left font-normal text-ink-2">
                {componentName(component)}
              </th>
              <td className="py-1.5 text-right font-medium">
                <Price component={component} rate={rate} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  )
}

function About({ row }: { readonly row: PriceRow }) {
  const t = useText(text)
  const { exactMoment } = useFormat()
  const instant = (at: string | null): string => (at === null ? t.open : exactMoment(at))
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.level, <LevelBadge key="level" level={row.level} />],
    [
      t.confidence,
      <span key="confidence" className="flex items-center gap-2">
        <Confidence of={row.confidence} />
        <span className="text-xs text-ink-3">{row.verified ? t.verified : t.unverified}</span>
      </span>,
    ],
    [t.currency, row.currency],
    [t.validFrom, instant(row.valid_from)],
    [t.validTo, instant(row.valid_to)],
    [t.recorded, instant(row.recorded_at)],
    [t.retracted, row.retracted_at !== null && exactMoment(row.retracted_at)],
    [t.tierScope, row.variants.length > 0 && t.tierScopes[row.tier_scope]],
    [t.matches, row.match === 'prefix' && t.matchesPrefix],
    [t.basis, row.basis === 'capacity' && t.capacityHint],
    [t.kind, row.promo && t.promo],
    [t.note, row.note],
  ]
  return (
    <>
      {row.confidence === 'low' && (
        <Note tone="warn" title={t.lowTitle}>
          {t.lowHint}
        </Note>
      )}
      <Facts facts={facts} />
    </>
  )
}

function Sources({ sources }: { readonly sources: PriceRow['sources'] }) {
  const t = useText(text)
  if (sources.length === 0) return null
  return (
    <Section title={t.sources}>
      <ul className="flex flex-col gap-2 text-sm">
        {sources.map(({ what, url }) => (
          <li key={what} className="flex items-start gap-1">
            <span className="min-w-0 flex-1">
              {what}
              {url !== '' && <code className="block text-xs break-all text-ink-3">{url}</code>}
            </span>
            {url !== '' && <CopyButton value={url} />}
          </li>
        ))}
      </ul>
    </Section>
  )
}

type HistoryProps = {
  readonly rows: readonly PriceRow[]
  readonly shown: PriceRow
  readonly onChoose: (id: string) => void
}

/** All rows of the model, by time; each can be looked at. */
function History({ rows, shown, onChoose }: HistoryProps) {
  const t = useText(text)
  const componentName = useComponentName()
  return (
    <Section title={t.history}>
      <ol className="flex flex-col rounded-control border border-line">
        {rows.map((row) => (
          <li key={row.id} className="border-b border-line last:border-0">
            <button
              type="button"
              aria-current={row.id === shown.id ? 'true' : undefined}
              onClick={() => onChoose(row.id)}
              className="flex w-full flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2 text-left text-sm -outline-offset-2 hover:bg-raised aria-[current]:bg-accent-soft"
            >
              <span className="min-w-0 flex-1">
                <Validity row={row} />
              </span>
              {row.level !== 'shipped' && <LevelBadge level={row.level} />}
              {row.confidence === 'low' && <Confidence of="low" />}
              <span className="text-xs">
                {(['input', 'output'] as const).map((component) => {
                  const rate =
                    row.rates[component] ?? row.variants.find(({ rates }) => rates[component])?.rates[component]
                  return (
                    <span key={component} className="ml-3 inline-block">
                      <span className="text-ink-2">{componentName(component)}</span>{' '}
                      <Price component={component} rate={rate} currency={row.currency} />
                    </span>
                  )
                })}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Section>
  )
}

/** Where else the model can be looked at. */
function Elsewhere({ of }: { readonly of: string }) {
  const t = useText(text)
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      <Link to="/prices" search={{ tab: 'changes', chart: of }} className="text-link hover:underline">
        {t.onChart}
      </Link>
      <Link to="/requests" search={{ model: of, span: '90d' }} className="text-link hover:underline">
        {t.itsRequests}
      </Link>
      <Link to="/what-if" search={{ a: { model: of } }} className="text-link hover:underline">
        {t.inWhatIf}
      </Link>
    </p>
  )
}
