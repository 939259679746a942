import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { IconButton } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { Menu } from '@paddock/webkit/ui/menu.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { Ban, EllipsisVertical, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { useMay, useWho } from '../../session/session.tsx'
import { useClock } from '../../use-now.ts'
import { useGivableRoles } from './roles.ts'
import { text } from './text.ts'

type Person = Answer<'people.list'>['items'][number]

/** Who is a member, with role and access. */
export function Members() {
  const t = useText(text)
  const say = useToast()
  const people = useAsk('people.list', {})
  const change = useChange('people.change', ['people', 'session'])
  const mayChange = useMay('owner', 'admin')
  const [disabling, setDisabling] = useState<Person | null>(null)
  const set = (id: string, body: { role?: Person['role']; disabled?: boolean }): void =>
    change.mutate(
      { params: { id }, body },
      {
        onSuccess: () => {
          setDisabling(null)
          say(t.changed)
        },
      },
    )
  const columns = useColumns()
  const withActions: Column<Person>[] = [
    ...columns,
    {
      id: 'actions',
      head: '',
      align: 'right',
      cell: (person) => <Actions person={person} onSet={set} onDisable={setDisabling} />,
    },
  ]
  return (
    <Panel flush title={t.members}>
      {people.error !== null && <ErrorNote error={people.error} onRetry={() => void people.refetch()} />}
      {change.error !== null && <ErrorNote error={change.error} />}
      <Table
        name="members"
        label={t.members}
        columns={mayChange ? withActions : columns}
        rows={people.data?.items}
        rowKey={({ id }) => id}
      />
      <Confirm
        open={disabling !== null}
        onClose={() => setDisabling(null)}
        onConfirm={() => disabling && set(disabling.id, { disabled: true })}
        busy={change.isPending}
        title={t.disableTitle}
        deed={t.disable}
      >
        {disabling && t.disableHint(disabling.name)}
      </Confirm>
    </Panel>
  )
}

function useColumns(): Column<Person>[] {
  const t = useText(text)
  const { ago, exactMoment } = useFormat()
  const now = useClock()
  const who = useWho()
  return [
    {
      id: 'name',
      head: t.name,
      cell: ({ id, name }) => (
        <span className="flex items-center gap-2">
          {name}
          {id === who.person?.id && <Badge>{t.you}</Badge>}
        </span>
      ),
      sort: ({ name }) => name,
    },
    { id: 'email', head: t.email, cell: ({ email }) => email, sort: ({ email }) => email },
    {
      id: 'role',
      head: t.role,
      cell: ({ role }) => <span title={t.may[role]}>{t.roles[role]}</span>,
      sort: ({ role }) => role,
    },
    { id: 'factor', head: t.factor, cell: ({ second_factor }) => (second_factor ? t.on : t.off) },
    {
      id: 'last',
      head: t.last,
      cell: ({ signed_in_at }) =>
        signed_in_at === null ? t.never : <time title={exactMoment(signed_in_at)}>{ago(signed_in_at, now)}</time>,
    },
    {
      id: 'state',
      head: t.state,
      cell: ({ disabled }) => <Badge tone={disabled ? 'bad' : 'ok'}>{disabled ? t.disabled : t.active}</Badge>,
    },
  ]
}

type ActionsProps = {
  readonly person: Person
  readonly onSet: (id: string, body: { role?: Person['role']; disabled?: boolean }) => void
  readonly onDisable: (person: Person) => void
}

function Actions({ person, onSet, onDisable }: ActionsProps) {
  const t = useText(text)
  const roles = useGivableRoles()
  const access = person.disabled
    ? { label: t.enable, icon: RotateCcw, onSelect: () => onSet(person.id, { disabled: false }) }
    : { label: t.disable, icon: Ban, danger: true, onSelect: () => onDisable(person) }
  return (
    <Menu
      trigger={<IconButton icon={EllipsisVertical} label={`${t.actions} ${person.name}`} />}
      groups={[
        {
          label: t.role,
          items: roles.map((role) => ({
            label: t.roles[role],
            checked: role === person.role,
            onSelect: () => role !== person.role && onSet(person.id, { role }),
          })),
        },
        { items: [access] },
      ]}
    />
  )
}
