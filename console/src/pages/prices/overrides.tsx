import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { Plus, SquarePen } from 'lucide-react'
import { useState } from 'react'
import { Price, useComponentName } from '../../price-book/prices.tsx'
import { useAsk, useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { LevelBadge } from './columns.tsx'
import { draftOf, NEW_DRAFT, type Draft } from './override-draft.ts'
import { OverrideDialog } from './override-dialog.tsx'
import type { TabProps } from './search.ts'
import { text as ownText } from './override-text.ts'
import { text } from './text.ts'

type Override = Answer<'price_overrides.list'>['items'][number]

/** Prices that are set here, over what is listed. */
export function Overrides({ search, onChange }: TabProps) {
  const t = useText(text)
  const own = useText(ownText)
  const may = useMay('owner', 'admin', 'billing')
  const [draft, setDraft] = useState<Draft | null>(null)
  const [leaving, setLeaving] = useState<Override | null>(null)
  const overrides = useAsk('price_overrides.list', { query: { state: search.past ? 'retracted' : 'in_force' } })
  const columns = useOverrideColumns({ may: may && search.past !== true, onChange: setDraft, onRetract: setLeaving })
  const add = (
    <Button
      kind="primary"
      icon={Plus}
      disabled={!may}
      title={may ? undefined : t.mayNotDecide}
      onClick={() => setDraft(NEW_DRAFT)}
    >
      {own.setPrice}
    </Button>
  )
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Segments
          label={t.tabs.overrides}
          value={search.past ? 'past' : 'now'}
          onChange={(value) => onChange({ past: value === 'past' ? true : undefined })}
          options={[
            { value: 'now', label: own.inForce },
            { value: 'past', label: own.takenBack },
          ]}
        />
        {add}
      </div>
      <Panel flush>
        {overrides.error !== null && <ErrorNote error={overrides.error} onRetry={() => void overrides.refetch()} />}
        <Table
          name="price-overrides"
          label={t.tabs.overrides}
          columns={columns}
          rows={overrides.isPlaceholderData ? undefined : overrides.data?.items}
          rowKey={({ id }) => id}
          onOpen={({ id, setting, row }) => onChange({ of: setting.model, row: row === null ? undefined : id })}
          empty={
            <Empty
              icon={SquarePen}
              title={search.past ? own.noneTakenBack : own.noOverrides}
              action={search.past ? undefined : add}
            >
              {own.overridesHint}
            </Empty>
          }
        />
      </Panel>
      {draft !== null && <OverrideDialog start={draft} onClose={() => setDraft(null)} />}
      <Retraction override={leaving} onClose={() => setLeaving(null)} />
    </>
  )
}

function Retraction({ override, onClose }: { readonly override: Override | null; readonly onClose: () => void }) {
  const own = useText(ownText)
  const say = useToast()
  const retract = useChange('price_overrides.retract', ['price_overrides', 'price_proposals', 'prices'])
  const go = (): void => {
    if (override === null) return
    retract.mutate(
      { params: { id: override.id } },
      {
        onSuccess: () => {
          say(own.retractedNow(override.setting.model))
          onClose()
        },
      },
    )
  }
  return (
    <Confirm
      open={override !== null}
      onClose={onClose}
      onConfirm={go}
      title={own.retractTitle(override?.setting.model ?? '')}
      deed={own.retract}
      busy={retract.isPending}
      error={retract.error}
    >
      <p>{own.retractHint}</p>
    </Confirm>
  )
}

type Acts = {
  readonly may: boolean
  readonly onChange: (draft: Draft) => void
  readonly onRetract: (override: Override) => void
}

function useOverrideColumns({ may, onChange, onRetract }: Acts): Column<Override>[] {
  const t = useText(text)
  const own = useText(ownText)
  const { moment, exactMoment } = useFormat()
  return [
    {
      id: 'model',
      head: t.model,
      sort: ({ setting }) => setting.model,
      cell: ({ setting, retracted_at }) => (
        <span className="flex flex-wrap items-center gap-1.5 font-medium">
          {setting.model}
          {setting.level === 'contract' && <LevelBadge level="contract" />}
          {retracted_at !== null && <Badge>{own.takenBack}</Badge>}
        </span>
      ),
    },
    { id: 'prices', head: t.price, cell: ({ setting }) => <Prices setting={setting} /> },
    {
      id: 'valid',
      head: t.valid,
      cell: ({ setting, recorded_at }) => (
        <span className="tabular text-xs whitespace-nowrap text-ink-2">
          {setting.valid_from ?? moment(recorded_at)} – {setting.valid_to ?? ''}
        </span>
      ),
    },
    {
      id: 'reason',
      head: own.reason,
      cell: ({ setting }) => <span className="block max-w-64 text-xs text-ink-2">{setting.reason}</span>,
    },
    {
      id: 'recorded',
      head: t.recorded,
      sort: ({ recorded_at }) => recorded_at,
      cell: ({ recorded_at, recorded_by, retracted_at, retracted_by }) => (
        <span className="block text-xs whitespace-nowrap text-ink-2" title={exactMoment(recorded_at)}>
          {recorded_by} · {moment(recorded_at)}
          {retracted_at !== null && (
            <span className="block" title={exactMoment(retracted_at)}>
              {own.takenBack}: {retracted_by} · {moment(retracted_at)}
            </span>
          )}
        </span>
      ),
    },
    ...(may
      ? [
          {
            id: 'acts',
            head: '',
            align: 'right' as const,
            cell: (override: Override) => (
              <span className="inline-flex gap-1" onClick={(event) => event.stopPropagation()}>
                <Button small kind="quiet" onClick={() => onChange(draftOf(override))}>
                  {own.replace}
                </Button>
                <Button small kind="quiet" onClick={() => onRetract(override)}>
                  {own.retract}
                </Button>
              </span>
            ),
          },
        ]
      : []),
  ]
}

function Prices({ setting: { rates, per, currency } }: { readonly setting: Override['setting'] }) {
  const componentName = useComponentName()
  return (
    <span className="flex flex-wrap gap-x-3 text-xs">
      {Object.entries(rates).map(([component, price]) => (
        <span key={component} className="whitespace-nowrap">
          <span className="text-ink-3">{componentName(component)}</span>{' '}
          <Price component={component} rate={{ price, per }} currency={currency} />
        </span>
      ))}
    </span>
  )
}
