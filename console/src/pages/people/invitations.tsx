import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useAsk, useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { useClock } from '../../use-now.ts'
import { text } from './text.ts'

type Row = Answer<'people.invitations'>['items'][number]

/** Invitations that nobody has taken yet. */
export function Invitations() {
  const t = useText(text)
  const { ago, exactMoment } = useFormat()
  const now = useClock()
  const say = useToast()
  const mayChange = useMay('owner', 'admin')
  const invitations = useAsk('people.invitations', {})
  const withdraw = useChange('people.withdraw')
  const columns: Column<Row>[] = [
    { id: 'email', head: t.email, cell: ({ email }) => email },
    { id: 'role', head: t.role, cell: ({ role }) => t.roles[role] },
    {
      id: 'expires',
      head: t.expires,
      cell: ({ expires_at }) => <time title={exactMoment(expires_at)}>{ago(expires_at, now)}</time>,
    },
    {
      id: 'withdraw',
      head: '',
      align: 'right',
      cell: ({ id }) =>
        mayChange && (
          <Button
            small
            kind="quiet"
            busy={withdraw.isPending && withdraw.variables.params.id === id}
            onClick={() => withdraw.mutate({ params: { id } }, { onSuccess: () => say(t.withdrawn) })}
          >
            {t.withdraw}
          </Button>
        ),
    },
  ]
  return (
    <Panel flush title={t.open}>
      {invitations.error !== null && <ErrorNote error={invitations.error} onRetry={() => void invitations.refetch()} />}
      {withdraw.error !== null && <ErrorNote error={withdraw.error} />}
      <Table
        name="invitations"
        label={t.open}
        columns={columns}
        rows={invitations.data?.items}
        rowKey={({ id }) => id}
        empty={<p className="px-4 pb-4 text-sm text-ink-3">{t.noneOpen}</p>}
      />
    </Panel>
  )
}
