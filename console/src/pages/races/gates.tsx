import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import type { ReactNode } from 'react'
import { ArmPrices } from './arm-prices.tsx'
import { Evidence } from './evidence.tsx'
import { useEstimate, usePoints } from './points.ts'
import { text } from './race-text.ts'

type Detail = Answer<'races.find'>
type Challenger = Detail['challengers'][number]
type GatesProps = { readonly of: Detail; readonly challenger: Challenger }

type Row = {
  readonly id: string
  readonly name: string
  readonly hint: string
  readonly state: 'passed' | 'failed' | 'open'
  readonly n: number
  readonly difference: ReactNode
  readonly asked: ReactNode
  readonly evidence: ReactNode
}

const FATES: Readonly<Record<Challenger['fate'], Tone>> = {
  promotable: 'ok',
  running: 'accent',
  inferior: 'bad',
  futile: 'plain',
  dropped: 'bad',
}

/** What has to be shown of a challenger, each gate with its evidence. All of them have to be passed at one moment. */
export function Gates({ of, challenger }: GatesProps) {
  const t = useText(text)
  const rows = [...useGateRows(of, challenger), ...useCostRow(of, challenger)]
  return (
    <Panel
      flush
      title={t.gates}
      hint={t.gatesHint}
      actions={<Badge tone={FATES[challenger.fate]}>{t.fates[challenger.fate]}</Badge>}
    >
      <Table name="race-gates" label={t.gates} columns={useColumns()} rows={rows} rowKey={({ id }) => id} />
      <ArmPrices of={of} challenger={challenger} />
    </Panel>
  )
}

const STATES: Readonly<Record<Row['state'], Tone>> = { passed: 'ok', failed: 'bad', open: 'plain' }

function useColumns(): Column<Row>[] {
  const t = useText(text)
  const { number } = useFormat()
  return [
    {
      id: 'gate',
      head: t.gate,
      cell: ({ name, hint }) => (
        <span className="block min-w-32" title={hint}>
          {name}
          <span className="block text-xs text-ink-3">{hint}</span>
        </span>
      ),
    },
    {
      id: 'difference',
      head: t.differenceShort,
      align: 'right',
      cell: ({ difference, asked }) => (
        <>
          {difference}
          <span className="block text-xs text-ink-3">{asked}</span>
        </>
      ),
    },
    { id: 'n', head: t.n, align: 'right', cell: ({ n }) => number(n) },
    { id: 'evidence', head: t.evidence, cell: ({ evidence }) => evidence },
    { id: 'state', head: t.stands, cell: ({ state }) => <Badge tone={STATES[state]}>{t.gateStates[state]}</Badge> },
  ]
}

function useGateRows({ plan }: Detail, { gates }: Challenger): Row[] {
  const t = useText(text)
  const { duration } = useFormat()
  const points = usePoints()
  const bounds = {
    latency: plan.bounds.latency_ms,
    firstToken: plan.bounds.first_token_ms,
    quality: null,
    errors: null,
  }
  return gates.map(({ gate, state, n, difference, margin, good_enough: good, too_bad: bad }) => {
    const bound = bounds[gate]
    return {
      id: gate,
      name: t.gateNames[gate],
      hint: bound === null ? t.gateHints[gate] : t.within(duration(bound)),
      state,
      n,
      difference: points(difference),
      asked: t.asked(`≥ ${points(-margin)}`),
      evidence: <Evidence good={good.progress} bad={bad.progress} />,
    }
  })
}

/** The cost gate counts money, so it has an interval instead of evidence. */
function useCostRow({ plan }: Detail, { cost }: Challenger): Row[] {
  const t = useText(text)
  const { percent } = useFormat()
  const estimate = useEstimate(plan.currency)
  if (cost === null || plan.saving === null) return []
  return [
    {
      id: 'cost',
      name: t.gateNames.cost,
      hint: t.costHint(percent(plan.saving)),
      state: cost.state,
      n: cost.n,
      difference: <span title={t.costTitle}>{estimate(cost.n === 0 ? null : cost.mean)}</span>,
      asked: `± ${estimate(cost.half_width)} · ${t.asked('> 0')}`,
      evidence: <span className="text-xs text-ink-3">{t.perUnit}</span>,
    },
  ]
}
