import type { Answer } from '@paddock/webkit/api/operation.ts'
import type { Series } from '@paddock/webkit/charts/prepare.ts'
import { TimeChart } from '@paddock/webkit/charts/time-chart.tsx'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Choice } from '@paddock/webkit/ui/choice.tsx'
import { SelectField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { growth, Stat } from '@paddock/webkit/ui/stat.tsx'
import { Activity as ActivityIcon } from 'lucide-react'
import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import { midnight } from './days.ts'
import type { TabProps } from './page.tsx'
import { LEAGUES } from './search.ts'
import { text } from './text.ts'
import { useValueName } from './value-names.ts'

type Day = Answer<'leagues.activity'>['items'][number]

const CHOICES_MAX = 200

/** How many come in a day, a week and a month, of everybody or of one model, app, provider or team. */
export function Activity({ search, days, openFrom, ready, onChange }: TabProps) {
  const t = useText(text)
  const by = search.by ?? 'all'
  const span = { from: days.from, to: days.to }
  const values = useAsk(
    'leagues.standings',
    { query: { ...span, by, limit: CHOICES_MAX } },
    { when: ready && by !== 'all' },
  )
  const offered = by === 'all' ? [] : (values.data?.items.map(({ value }) => value) ?? [])
  const of = by === 'all' ? '' : (search.of ?? offered[0])
  const activity = useAsk(
    'leagues.activity',
    { query: { ...span, by, of: of ?? '' } },
    { when: ready && of !== undefined },
  )
  const nameOf = useValueName(by)
  const error = values.error ?? activity.error
  const isNobody =
    (of === undefined && values.data?.items.length === 0) || activity.data?.items.every(({ monthly }) => monthly === 0)
  return (
    <>
      <div className="flex flex-wrap items-end gap-2">
        <SelectField
          label={t.league}
          className="w-40"
          value={by}
          onChange={({ target: { value } }) =>
            onChange({ by: LEAGUES.find((league) => league === value), of: undefined })
          }
          options={LEAGUES.map((value) => ({ value, label: value === 'all' ? t.everybody : t.by[value] }))}
        />
        {by !== 'all' && (
          <Choice
            label={t.by[by]}
            className="w-72 max-w-full"
            items={of === undefined || offered.includes(of) ? offered : [of, ...offered]}
            value={of ?? null}
            onChange={(value) => onChange({ of: value ?? undefined })}
            nameOf={nameOf}
          />
        )}
      </div>
      {error !== null && <ErrorNote error={error} onRetry={() => void activity.refetch()} />}
      {isNobody ? (
        <Panel>
          <Empty icon={ActivityIcon} title={t.none}>
            {by === 'app' ? t.noneAppHint : t.noneHint}
          </Empty>
        </Panel>
      ) : (
        <Charts list={activity.data?.items} lastIsOpen={openFrom < days.to} name={of === undefined ? '' : nameOf(of)} />
      )}
    </>
  )
}

type ChartsProps = { readonly list: readonly Day[] | undefined; readonly lastIsOpen: boolean; readonly name: string }

function Charts({ list, lastIsOpen, name }: ChartsProps) {
  const t = useText(text)
  const { compact, percent } = useFormat()
  const times = useMemo(() => list?.map(({ day }) => midnight(day)) ?? [], [list])
  const members = useMemo((): Series[] => {
    const lines = ['daily', 'weekly', 'monthly'] as const
    return lines.map((line) => ({ name: line, label: t[line], values: list?.map((day) => day[line]) ?? [] }))
  }, [list, t])
  const often = useMemo(
    (): Series[] => [{ name: 'stickiness', label: t.stickiness, values: list?.map(stickiness) ?? [] }],
    [list, t],
  )
  const last = lastIsOpen ? list?.at(-2) : list?.at(-1)
  return (
    <>
      <Tiles first={list?.[0]} last={last} />
      <Panel title={t.activeOver} hint={t.activeHint(name)}>
        {list ? (
          <TimeChart
            label={t.activeOver}
            days
            times={times}
            series={members}
            height={280}
            write={compact}
            lastIsOpen={lastIsOpen}
          />
        ) : (
          <Skeleton className="h-80" />
        )}
      </Panel>
      <Panel title={t.stickiness} hint={t.stickinessHint}>
        {list ? (
          <TimeChart
            label={t.stickiness}
            days
            times={times}
            series={often}
            height={180}
            write={percent}
            lastIsOpen={lastIsOpen}
          />
        ) : (
          <Skeleton className="h-55" />
        )}
      </Panel>
    </>
  )
}

function Tiles({ first, last }: { readonly first: Day | undefined; readonly last: Day | undefined }) {
  const t = useText(text)
  const { number, percent, shortDay } = useFormat()
  const loading = last === undefined || first === undefined
  const sticky = last && stickiness(last)
  const tile = (line: 'daily' | 'weekly' | 'monthly') => (
    <Stat
      label={t[line]}
      loading={loading}
      value={number(last?.[line] ?? 0)}
      change={growth(last?.[line], first?.[line])}
      note={first !== undefined && first[line] > 0 && t.since(shortDay(midnight(first.day)))}
    />
  )
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {tile('daily')}
      {tile('weekly')}
      {tile('monthly')}
      <Stat
        label={t.stickiness}
        loading={loading}
        value={sticky === null || sticky === undefined ? '—' : percent(sticky)}
        note={last && shortDay(midnight(last.day))}
      />
    </div>
  )
}

/** Nobody in a month: there is nothing to know, which is not zero. */
function stickiness({ daily, monthly }: Day): number | null {
  return monthly === 0 ? null : daily / monthly
}
