import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Instant } from '@paddock/webkit/ui/instant.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import type { Column } from '@paddock/webkit/ui/table.tsx'
import type { ReactNode } from 'react'
import { useAsk } from '../../query.ts'
import { Evidence } from './evidence.tsx'
import { Against } from './model-name.tsx'
import { useEstimate } from './points.ts'
import { OPEN_STATES, StateBadge } from './state.tsx'
import { text } from './text.ts'

type Row = Answer<'races.list'>['items'][number]
type Detail = Answer<'races.find'>

/** The list says who races and where that is; what is known, spent and saved is asked for race by race. */
export function useRaceColumns(): Column<Row>[] {
  const t = useText(text)
  return [
    { id: 'route', head: t.route, cell: ({ route }) => <span className="font-medium whitespace-nowrap">{route}</span> },
    {
      id: 'against',
      head: t.against,
      cell: ({ champion, challengers }) => <Against champion={champion} challengers={challengers} />,
    },
    { id: 'mode', head: t.mode, cell: ({ mode }) => <span className="whitespace-nowrap">{t.modes[mode]}</span> },
    { id: 'state', head: t.state, cell: ({ state }) => <StateBadge state={state} /> },
    {
      id: 'since',
      head: t.since,
      cell: ({ started_at }) => <Instant at={started_at} as="day" />,
    },
    { id: 'evidence', head: t.evidence, cell: (row) => <Known of={row} show={(detail) => <Bars of={detail} />} /> },
    {
      id: 'spend',
      head: t.spend,
      align: 'right',
      cell: (row) => <Known of={row} show={(detail) => <Spend of={detail} />} />,
    },
    {
      id: 'saving',
      head: t.saving,
      align: 'right',
      cell: (row) => <Known of={row} show={(detail) => <Saved of={detail} />} />,
    },
  ]
}

type KnownProps = { readonly of: Row; readonly show: (detail: Detail) => ReactNode }

function Known({ of: { id, state }, show }: KnownProps) {
  const isOpen = OPEN_STATES.includes(state)
  const detail = useAsk('races.find', { params: { id } }, { every: isOpen ? 30_000 : undefined })
  if (detail.error !== null) return <span title={detail.error.message}>—</span>
  return detail.data ? show(detail.data) : <Skeleton className="h-3.5 w-20" />
}

function Bars({ of: { challengers } }: { readonly of: Detail }) {
  return (
    <div className="flex w-32 flex-col">
      {challengers.map(({ model, gates }) => {
        const quality = gates.find(({ gate }) => gate === 'quality')
        return <Evidence key={model} good={quality?.good_enough.progress ?? 0} bad={quality?.too_bad.progress ?? 0} />
      })}
    </div>
  )
}

function Spend({ of: { race, plan, race_cost } }: { readonly of: Detail }) {
  const estimate = useEstimate(plan.currency)
  const t = useText(text)
  // Who is split pays for no request twice.
  if (race.mode === 'split' && race_cost === 0) return <span className="text-ink-3">{t.nothingExtra}</span>
  return estimate(race_cost)
}

function Saved({ of: { saving } }: { readonly of: Detail }) {
  if (saving?.reported) return <Money of={{ amount: saving.reported.saved, currency: saving.reported.currency }} />
  return <span className="text-ink-3">—</span>
}
