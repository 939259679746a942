import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Button, IconButton } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { FilterField } from '@paddock/webkit/ui/field.tsx'
import { Menu } from '@paddock/webkit/ui/menu.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table } from '@paddock/webkit/ui/table.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { CircleStop, EllipsisVertical, Gauge, Pencil } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { useBudgetColumns } from './budget-columns.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { budgetsText } from './budgets-text.ts'
import { PLACES, SCOPES, type PartProps } from './search.ts'
import { text } from './text.ts'
import type { Budget } from './used.ts'

const REFRESH_MS = 15_000

/** Every budget of the organisation, as it stands now. */
export function Budgets({ search, onChange }: PartProps) {
  const t = useText(budgetsText)
  const common = useText(text)
  const mayChange = useMay('owner', 'admin', 'billing')
  const [changing, setChanging] = useState<Budget | null>(null)
  const [ending, setEnding] = useState<Budget | null>(null)
  const { scope, set_in } = search
  const budgets = useAsk('budgets.list', { query: { scope, set_in } }, { every: REFRESH_MS })
  const columns = useBudgetColumns()
  const isFiltered = scope !== undefined || set_in !== undefined
  const actions = {
    id: 'actions',
    head: '',
    align: 'right' as const,
    cell: (budget: Budget) => <Actions budget={budget} onChange={setChanging} onEnd={setEnding} />,
  }
  return (
    <>
      <Panel flush>
        {budgets.error === null ? (
          <Table
            name="budgets"
            label={common.tabs.budgets}
            chooseColumns
            tools={<Filters search={search} onChange={onChange} />}
            columns={mayChange ? [...columns, actions] : columns}
            rows={budgets.data?.items}
            rowKey={rowKey}
            empty={
              <Empty
                icon={Gauge}
                title={isFiltered ? t.noneFits : t.none}
                action={
                  isFiltered && (
                    <Button onClick={() => onChange({ scope: undefined, set_in: undefined })}>{common.clear}</Button>
                  )
                }
              >
                {isFiltered ? undefined : t.noneHint}
              </Empty>
            }
          />
        ) : (
          <ErrorNote error={budgets.error} onRetry={() => void budgets.refetch()} />
        )}
      </Panel>
      {changing !== null && <BudgetDialog budget={changing} onClose={() => setChanging(null)} />}
      <Ending budget={ending} onClose={() => setEnding(null)} />
    </>
  )
}

/** One of whom may have several. */
function rowKey({ scope, id, set_in, budget_id, window, limit }: Budget): string {
  return [scope, id, set_in, budget_id, window, limit.amount, limit.currency].join(' ')
}

function Filters({ search, onChange }: PartProps) {
  const t = useText(budgetsText)
  return (
    <div className="grid grid-cols-2 gap-2 sm:w-96">
      <FilterField
        label={t.whose}
        any={t.everyScope}
        value={search.scope}
        options={SCOPES.map((value) => ({ value, label: t.scopes[value] }))}
        onChange={(scope) => onChange({ scope })}
      />
      <FilterField
        label={t.setIn}
        any={t.everyPlace}
        value={search.set_in}
        options={PLACES.map((value) => ({ value, label: t.places[value] }))}
        onChange={(set_in) => onChange({ set_in })}
      />
    </div>
  )
}

type ActionsProps = {
  readonly budget: Budget
  readonly onChange: (budget: Budget) => void
  readonly onEnd: (budget: Budget) => void
}

function Actions({ budget, onChange, onEnd }: ActionsProps) {
  const t = useText(budgetsText)
  if (budget.set_in !== 'console')
    return (
      <span title={budget.set_in === 'key' ? t.withKey : t.inFile}>
        <Badge>{t.places[budget.set_in]}</Badge>
      </span>
    )
  return (
    <Menu
      trigger={<IconButton icon={EllipsisVertical} label={`${t.actions} ${budget.name}`} />}
      groups={[
        { items: [{ label: t.change, icon: Pencil, onSelect: () => onChange(budget) }] },
        { items: [{ label: t.end, icon: CircleStop, danger: true, onSelect: () => onEnd(budget) }] },
      ]}
    />
  )
}

function Ending({ budget, onClose }: { readonly budget: Budget | null; readonly onClose: () => void }) {
  const t = useText(budgetsText)
  const { money } = useFormat()
  const say = useToast()
  const end = useChange('budgets.end')
  const go = (): void =>
    end.mutate(
      { params: { id: budget?.budget_id ?? '' } },
      {
        onSuccess: () => {
          say(t.endedNow)
          onClose()
        },
      },
    )
  return (
    <Confirm
      open={budget !== null}
      onClose={onClose}
      onConfirm={go}
      title={t.endTitle(budget?.name ?? '')}
      deed={t.end}
      busy={end.isPending}
      error={end.error}
    >
      <p>
        {budget && money(budget.limit)} · {t.endHint}
      </p>
    </Confirm>
  )
}
