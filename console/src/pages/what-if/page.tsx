import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { SelectField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FlaskConical, Plus } from 'lucide-react'
import { usePricedModels } from '../../price-book/rows.ts'
import { Page, TimeNote } from '../../shell/page.tsx'
import { SpanPicker } from '../../shell/span-picker.tsx'
import { useNow } from '../../use-now.ts'
import { Baseline } from './baseline.tsx'
import { Cards } from './cards.tsx'
import { Groups } from './groups.tsx'
import { ScenarioColumn } from './scenario-column.tsx'
import { GROUPS, SLOTS, type Scenario, type Slot, type WhatIfSearch } from './search.ts'
import { shownOf } from './sums.ts'
import { text } from './text.ts'
import { useFirstScenarios, useTraffic, useWhatIf, type Span } from './use-what-if.ts'

const route = getRouteApi('/shell/what-if')
const CURRENCIES = ['CNY', 'USD', 'EUR', 'JPY']
/** In the address: amounts stay in their own currencies. */
const OWN = 'own'
const AS_BOOKED: Scenario = {}

/** The traffic of a span at other prices, in two or three scenarios side by side. */
export function WhatIfPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { isEmpty } = useNow()
  const span = useTraffic(search)
  const first = useFirstScenarios(span)
  const change = (part: Partial<WhatIfSearch>): void =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace: true, resetScroll: false })
  if (isEmpty)
    return (
      <Page title={t.title} hint={t.hint}>
        <Panel>
          <Empty
            icon={FlaskConical}
            title={t.emptyTitle}
            action={
              <Link to="/" className={buttonClass({ kind: 'primary' })}>
                {t.toOverview}
              </Link>
            }
          >
            {t.emptyHint}
          </Empty>
        </Panel>
      </Page>
    )
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={<SpanPicker search={{ ...search, span: search.span ?? '90d' }} onChange={change} />}
    >
      <TimeNote />
      {span === null || first === null ? (
        <Skeleton className="h-96" />
      ) : (
        <Scenarios span={span} search={{ ...first, ...search }} onChange={change} />
      )}
    </Page>
  )
}

type ScenariosProps = {
  readonly span: Span
  readonly search: WhatIfSearch
  readonly onChange: (part: Partial<WhatIfSearch>) => void
}

function Scenarios({ span, search, onChange }: ScenariosProps) {
  const t = useText(text)
  const { group = 'route' } = search
  const own = useWhatIf({ span, scenario: AS_BOOKED, group, currency: undefined })
  const booked = own.data && shownOf(own.data)
  const wished = search.currency ?? Object.keys(booked?.before ?? {})[0]
  const currency = wished === OWN ? undefined : wished
  // Which currency is reported in shows with what was booked: nothing is asked before, to be asked again.
  const asked = { span: own.data === undefined ? null : span, group, currency }
  const baseline = useWhatIf({ ...asked, scenario: AS_BOOKED })
  const a = useWhatIf({ ...asked, scenario: search.a ?? AS_BOOKED })
  const b = useWhatIf({ ...asked, scenario: search.b ?? AS_BOOKED })
  const c = useWhatIf({ ...asked, span: search.three ? asked.span : null, scenario: search.c ?? AS_BOOKED })
  const answers = { a, b, c }
  const slots: readonly Slot[] = search.three ? SLOTS : ['a', 'b']
  const models = usePricedModels(span.to)
  const set = (slot: Slot, part: Partial<Scenario>): void => onChange({ [slot]: { ...search[slot], ...part } })
  // Without rates, amounts are in their own currencies; that is worth a word only to somebody who asked for another.
  const lacksRate = currency !== undefined && baseline.data !== undefined && shownOf(baseline.data).reported === null
  return (
    <>
      <Controls
        group={group}
        currency={search.currency ?? (lacksRate ? OWN : (wished ?? OWN))}
        known={Object.keys(booked?.before ?? {})}
        onChange={onChange}
      />
      {baseline.error !== null && <ErrorNote error={baseline.error} onRetry={() => void baseline.refetch()} />}
      {lacksRate && search.currency !== undefined && <Note tone="warn">{t.noRate(currency)}</Note>}
      <Cards models={models} slots={slots} span={span} onUse={(slot, model) => set(slot, { model })} />
      <div className={slots.length === 3 ? 'grid gap-3 xl:grid-cols-4' : 'grid gap-3 lg:grid-cols-3'}>
        <Baseline span={span} found={baseline.data} own={own.data} />
        {slots.map((slot) => (
          <ScenarioColumn
            key={slot}
            slot={slot}
            scenario={search[slot] ?? AS_BOOKED}
            answer={answers[slot]}
            baseline={baseline.data}
            models={models}
            onChange={(part) => set(slot, part)}
            onRemove={slot === 'c' ? () => onChange({ three: undefined, c: undefined }) : undefined}
          />
        ))}
      </div>
      {!search.three && (
        <div>
          <Button icon={Plus} onClick={() => onChange({ three: true })}>
            {t.addThird}
          </Button>
        </div>
      )}
      <Groups
        group={group}
        span={span}
        baseline={baseline.data}
        scenarios={slots.map((slot) => ({ slot, found: answers[slot].data }))}
      />
    </>
  )
}

type ControlsProps = {
  readonly group: (typeof GROUPS)[number]
  readonly currency: string
  /** The currencies of the traffic. */
  readonly known: readonly string[]
  readonly onChange: ScenariosProps['onChange']
}

function Controls({ group, currency, known, onChange }: ControlsProps) {
  const t = useText(text)
  const currencies = [...new Set([...known, ...CURRENCIES, ...(currency === OWN ? [] : [currency])])]
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
      <SelectField
        className="flex-row! items-center gap-2! [&_label]:whitespace-nowrap"
        label={t.groupBy}
        value={group}
        onChange={({ target }) => onChange({ group: GROUPS.find((name) => name === target.value) })}
        options={GROUPS.map((value) => ({ value, label: t.groups[value] }))}
      />
      <SelectField
        className="flex-row! items-center gap-2! [&_label]:whitespace-nowrap"
        label={t.report}
        value={currency}
        onChange={({ target }) => onChange({ currency: target.value })}
        options={[{ value: OWN, label: t.ownCurrencies }, ...currencies.map((value) => ({ value, label: value }))]}
      />
    </div>
  )
}
