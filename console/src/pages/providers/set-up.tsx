import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { KeyPlace } from './key-place.tsx'
import { useProviderName, type Provider } from './provider.ts'
import { StateBadge } from './state-badge.tsx'
import { text } from './text.ts'

type SetUpProps = { readonly providers: readonly Provider[] | undefined; readonly onOpen: (id: string) => void }

/** The providers requests can go to, and how they did in the last day. */
export function SetUp({ providers, onOpen }: SetUpProps) {
  const t = useText(text)
  const columns = useColumns()
  return (
    <Panel flush title={t.setUp} hint={t.setUpHint}>
      <Table
        name="providers"
        label={t.setUp}
        columns={columns}
        rows={providers}
        rowKey={({ id }) => id}
        onOpen={({ id }) => onOpen(id)}
        empty={<p className="px-4 py-8 text-center text-sm text-ink-3">{t.noneSetUp}</p>}
      />
    </Panel>
  )
}

function useColumns(): Column<Provider>[] {
  const t = useText(text)
  const { compact, number, percent } = useFormat()
  const nameOf = useProviderName()
  return [
    {
      id: 'name',
      head: t.provider,
      cell: (provider) => (
        <span className="block leading-tight">
          <span className="block max-w-64 truncate font-medium" title={nameOf(provider)}>
            {nameOf(provider)}
          </span>
          {nameOf(provider) !== provider.id && <code className="text-xs text-ink-3">{provider.id}</code>}
        </span>
      ),
      sort: ({ id }) => id,
    },
    { id: 'state', head: t.state, cell: (provider) => <StateBadge provider={provider} /> },
    {
      id: 'requests',
      head: t.requests,
      align: 'right',
      cell: ({ last_day }) => <span title={number(last_day.requests)}>{compact(last_day.requests)}</span>,
      sort: ({ last_day }) => last_day.requests,
    },
    {
      id: 'failed',
      head: t.failed,
      align: 'right',
      cell: ({ last_day: { failed, requests } }) => (
        <span title={number(failed)}>{requests === 0 ? '—' : percent(failed / requests)}</span>
      ),
      sort: ({ last_day: { failed, requests } }) => (requests === 0 ? 0 : failed / requests),
    },
    { id: 'cost', head: t.cost, align: 'right', cell: ({ last_day }) => <Monies of={last_day.cost} /> },
    {
      id: 'models',
      head: t.models,
      align: 'right',
      cell: ({ models, open }) => (
        <span title={open ? t.openHint : undefined}>{open ? `${number(models.length)} +` : number(models.length)}</span>
      ),
      sort: ({ models }) => models.length,
    },
    { id: 'key', head: t.key, cell: (provider) => <KeyPlace provider={provider} /> },
  ]
}
