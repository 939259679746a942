import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { useNavigate } from '@tanstack/react-router'
import { ListTree } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { Difference } from './amounts.tsx'
import type { GROUPS, Slot } from './search.ts'
import { amountsOf, commonCurrency, sizeOf, type Sums, type WhatIf } from './sums.ts'
import { text } from './text.ts'
import type { Span } from './use-what-if.ts'

type Group = (typeof GROUPS)[number]

type GroupsProps = {
  readonly group: Group
  readonly span: Span
  readonly baseline: WhatIf | undefined
  readonly scenarios: readonly { readonly slot: Slot; readonly found: WhatIf | undefined }[]
}

type Row = { readonly name: string; readonly booked: Sums; readonly by: Readonly<Partial<Record<Slot, Sums>>> }

const DAY = 86_400_000

/** The same sums group by group, the scenarios beside each other. */
export function Groups({ group, span, baseline, scenarios }: GroupsProps) {
  const t = useText(text)
  const navigate = useNavigate()
  const columns = useColumns({ group, baseline, scenarios })
  const isPractice = baseline !== undefined && baseline.total.requests === 0 && baseline.practice !== null
  const open = ({ name }: Row): void => {
    // What came without a route has no name to ask by.
    if (name === '') return
    const from = group === 'day' ? new Date(Date.parse(name)) : null
    const search =
      from === null
        ? { [group]: name, from: span.from, to: span.to }
        : { from: from.toISOString(), to: new Date(from.getTime() + DAY).toISOString() }
    void navigate({ to: '/requests', search })
  }
  return (
    <Panel flush title={t.perGroup} hint={isPractice ? t.practiceGroups : undefined}>
      <Table
        name="what-if"
        label={t.perGroup}
        columns={columns}
        rows={baseline && rowsOf(baseline, scenarios, group)}
        rowKey={({ name }) => name}
        onOpen={open}
        empty={
          <Empty icon={ListTree} title={isPractice ? t.practiceGroups : t.noGroups}>
            {null}
          </Empty>
        }
      />
    </Panel>
  )
}

function rowsOf(baseline: WhatIf, scenarios: GroupsProps['scenarios'], group: Group): Row[] {
  const currency = commonCurrency(baseline.groups)
  const rows = baseline.groups.map(({ group: name, ...booked }): Row => ({
    name,
    booked,
    by: Object.fromEntries(
      scenarios.map(({ slot, found }) => [slot, found?.groups.find((each) => each.group === name)]),
    ),
  }))
  if (group === 'day') return rows
  const size = ({ booked }: Row): number => sizeOf(booked, 'before', currency) ?? booked.requests
  return rows.toSorted((one, other) => size(other) - size(one))
}

type ColumnsOf = Pick<GroupsProps, 'group' | 'baseline' | 'scenarios'>

function useColumns({ group, baseline, scenarios }: ColumnsOf): Column<Row>[] {
  const t = useText(text)
  const { compact, number, percent, day } = useFormat()
  const keys = useAsk('keys.list', { query: { limit: 200 } }, { when: group === 'key' })
  const all = [...(baseline?.groups ?? []), ...scenarios.flatMap(({ found }) => found?.groups ?? [])]
  const currency = commonCurrency(all)
  const most =
    Math.max(
      ...all.flatMap((sums) => [sizeOf(sums, 'before', currency) ?? 0, sizeOf(sums, 'after', currency) ?? 0]),
      0,
    ) || 1
  const label = (name: string): string => {
    if (name === '') return t.none
    if (group === 'day') return day(name)
    return group === 'key' ? (keys.data?.items.find(({ id }) => id === name)?.name ?? name) : name
  }
  const barOf = (size: number | null, tone: 'plain' | 'accent') =>
    size !== null && <Bar share={size / most} tone={tone} label={percent(size / most)} />
  return [
    {
      id: 'group',
      head: t.groups[group],
      cell: ({ name }) => <span className="block max-w-64 truncate">{label(name)}</span>,
    },
    {
      id: 'requests',
      head: t.requestsHead,
      align: 'right',
      cell: ({ booked }) => <span title={number(booked.requests)}>{compact(booked.requests)}</span>,
    },
    {
      id: 'booked',
      head: t.asBooked,
      align: 'right',
      cell: ({ booked }) => (
        <span className="flex min-w-28 flex-col items-end gap-1">
          <Monies of={amountsOf(booked, 'before')} />
          {barOf(sizeOf(booked, 'before', currency), 'plain')}
        </span>
      ),
    },
    ...scenarios.map(({ slot }): Column<Row> => ({
      id: slot,
      head: t.scenario(slot.toUpperCase()),
      align: 'right',
      cell: ({ by: { [slot]: sums } }) =>
        sums === undefined ? (
          <span className="text-ink-3">—</span>
        ) : (
          <span className="flex min-w-44 flex-col items-end gap-1">
            <span className="flex items-start justify-end gap-3">
              <span className="text-xs text-ink-3">
                <Difference sums={sums} />
              </span>
              <Monies of={amountsOf(sums, 'after')} />
            </span>
            {barOf(sizeOf(sums, 'after', currency), 'accent')}
            {sums.unpriced.after > 0 && (
              <span className="text-xs text-warn" title={t.unpricedHint}>
                {t.unpriced(number(sums.unpriced.after))}
              </span>
            )}
          </span>
        ),
    })),
  ]
}
