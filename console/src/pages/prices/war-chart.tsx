import { TimeChart } from '@paddock/webkit/charts/time-chart.tsx'
import type { Series } from '@paddock/webkit/charts/prepare.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Choice } from '@paddock/webkit/ui/choice.tsx'
import { SelectField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { ChartLine, X } from 'lucide-react'
import { useMemo } from 'react'
import type { PriceChange } from '../../price-book/changes.ts'
import { useComponentName } from '../../price-book/prices.tsx'
import { text as bookText } from '../../price-book/text.ts'
import { useAsk } from '../../query.ts'
import type { Span } from './changes.tsx'
import type { TabProps } from './search.ts'
import { text } from './text.ts'
import {
  busiestCurrency,
  floorUnder,
  largestFalls,
  marksOf,
  ofChart,
  timesOf,
  valuesAt,
  type PriceSeries,
} from './war.ts'

const COMPONENTS = ['input', 'output', 'cached_input', 'cache_write'] as const
const MODELS_AT_FIRST = 6
/** As many as there are colours to tell apart. */
const MODELS_MAX = 7

type WarChartProps = TabProps & {
  readonly span: Span | null
  readonly changes: readonly PriceChange[] | undefined
}

/** The price war: what a million tokens cost over time, for the models that fell most or those one chooses. */
export function WarChart({ span, changes = [], search, onChange }: WarChartProps) {
  const t = useText(text)
  const componentName = useComponentName()
  const component = COMPONENTS.find((name) => name === search.component) ?? 'input'
  const asked = useAsk('prices.series', { query: { ...span, component } }, { when: span !== null })
  const all = useMemo(() => asked.data?.items ?? [], [asked.data])
  const chosen = useMemo(() => search.chart?.split(',').filter(Boolean), [search.chart])
  const currencies = useMemo(() => [...new Set(all.map(({ currency }) => currency))].toSorted(), [all])
  const currency = currencyOf({ all, changes: ofChart(changes, { component }), chosen, wished: search.currency })
  const own = useMemo(() => ofChart(changes, { component, currency }), [changes, component, currency])
  const offered = useMemo(() => all.filter((series) => series.currency === currency), [all, currency])
  const models = useMemo(() => {
    const fell = largestFalls(own, MODELS_AT_FIRST)
    const wanted = chosen ?? (fell.length > 0 ? fell : offered.map(({ model }) => model).slice(0, MODELS_AT_FIRST))
    return wanted.filter((name) => offered.some(({ model }) => model === name))
  }, [chosen, own, offered])
  const choose = (names: readonly string[]): void =>
    onChange({ chart: names.length === 0 ? undefined : names.join(',') })
  return (
    <Panel
      title={t.war}
      hint={t.warHint}
      actions={
        <div className="flex flex-wrap items-end gap-2">
          <SelectField
            quiet
            label={t.component}
            value={component}
            onChange={({ target }) => onChange({ component: target.value })}
            options={COMPONENTS.map((value) => ({ value, label: componentName(value) }))}
          />
          {currencies.length > 1 && (
            <Segments
              label={t.currency}
              value={currency ?? ''}
              onChange={(value) => onChange({ currency: value, chart: undefined })}
              options={currencies.map((value) => ({ value, label: value }))}
            />
          )}
        </div>
      }
    >
      {asked.error !== null && <ErrorNote error={asked.error} onRetry={() => void asked.refetch()} />}
      {span === null || asked.data === undefined ? (
        asked.error === null && <Skeleton className="h-96" />
      ) : (
        <div className="flex flex-col gap-3">
          <Models models={models} offered={offered} isOwn={chosen !== undefined} onChoose={choose} />
          {models.length === 0 ? (
            <Empty icon={ChartLine} title={t.noSeries}>
              {t.noSeriesHint}
            </Empty>
          ) : (
            <Chart span={span} models={models} offered={offered} changes={own} currency={currency ?? ''} />
          )}
        </div>
      )}
    </Panel>
  )
}

type CurrencyWish = {
  readonly all: readonly PriceSeries[]
  readonly changes: readonly PriceChange[]
  readonly chosen: readonly string[] | undefined
  readonly wished: string | undefined
}

/** One chart has one currency: the wished one, that of the models one has chosen, or the one in which most happened. */
function currencyOf({ all, changes, chosen, wished }: CurrencyWish): string | undefined {
  if (wished !== undefined && all.some(({ currency }) => currency === wished)) return wished
  const ofChosen = all.filter(({ model }) => chosen?.includes(model))
  return ofChosen.length > 0 ? busiestCurrency([], ofChosen) : busiestCurrency(changes, all)
}

type ModelsProps = {
  readonly models: readonly string[]
  readonly offered: readonly PriceSeries[]
  readonly isOwn: boolean
  readonly onChoose: (models: readonly string[]) => void
}

/** Which models the chart shows: each can be taken out, and others added. */
function Models({ models, offered, isOwn, onChoose }: ModelsProps) {
  const t = useText(text)
  const words = useText(bookText)
  const others = useMemo(
    () =>
      offered
        .map(({ model }) => model)
        .filter((model) => !models.includes(model))
        .toSorted(),
    [offered, models],
  )
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {models.map((model) => (
        <button
          key={model}
          type="button"
          aria-label={t.takeOut(model)}
          title={t.takeOut(model)}
          onClick={() => onChoose(models.filter((other) => other !== model))}
          className="inline-flex h-7 items-center gap-1 rounded-full border border-line pr-1.5 pl-2.5 text-xs text-ink-2 hover:bg-raised hover:text-ink pointer-coarse:h-9"
        >
          {model}
          <X size={12} aria-hidden />
        </button>
      ))}
      {models.length < MODELS_MAX && (
        <Choice
          quiet
          key={models.join()}
          className="w-56"
          label={t.addModel}
          placeholder={words.chooseModel}
          items={others}
          value={null}
          onChange={(model) => model !== null && onChoose([...models, model])}
          nameOf={(model) => model}
        />
      )}
      {isOwn && (
        <Button small kind="quiet" onClick={() => onChoose([])}>
          {t.fellMost}
        </Button>
      )}
    </div>
  )
}

type ChartProps = {
  readonly span: Span
  readonly models: readonly string[]
  readonly offered: readonly PriceSeries[]
  readonly changes: readonly PriceChange[]
  readonly currency: string
}

function Chart({ span, models, offered, changes, currency }: ChartProps) {
  const t = useText(text)
  const words = useText(bookText)
  const { price, percent } = useFormat()
  const { times, series, floor } = useMemo(() => {
    const shown = models.flatMap((model) => offered.find((one) => one.model === model) ?? [])
    const instants = timesOf(shown, { from: Date.parse(span.from), to: Date.parse(span.to) })
    const values = shown.map((one) => valuesAt(one, instants))
    const lowest = floorUnder(values.flat())
    return {
      times: instants,
      series: shown.map(({ model }, place): Series => ({
        name: model,
        label: model,
        // A scale of powers has no zero: free lies on the floor.
        values: (values[place] ?? []).map((value) => (value === 0 ? lowest : value)),
      })),
      floor: lowest,
    }
  }, [span, models, offered])
  const marks = useMemo(
    () =>
      marksOf(changes, models).map(({ at, model, percent: fell, others }) => ({
        at,
        label: `${model.split('/').at(-1)} ${percent(fell / 100)}${others > 0 ? ` +${others}` : ''}`,
      })),
    [changes, models, percent],
  )
  return (
    <TimeChart
      label={`${t.war}, ${currency} ${words.perMillion}`}
      kind="steps"
      scale="log"
      height={320}
      times={times}
      series={series}
      marks={marks}
      write={(value) => (value <= floor ? words.free : price({ amount: String(value), currency }))}
    />
  )
}
