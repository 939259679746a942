import type { Answer } from '@paddock/webkit/api/operation.ts'
import { errorOf } from '@paddock/webkit/api/error.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { LinkDialog } from './invite-dialog.tsx'
import { text } from './text.ts'

type Row = Answer<'people.organisations'>['items'][number]

/** All organisations of this installation. */
export function Organisations() {
  const t = useText(text)
  const { day, number } = useFormat()
  const mayCreate = useMay('owner')
  const organisations = useAsk('people.organisations', {})
  const [creates, setCreates] = useState(false)
  const columns: Column<Row>[] = [
    { id: 'name', head: t.name, cell: ({ name }) => name, sort: ({ name }) => name },
    {
      id: 'people',
      head: t.people,
      align: 'right',
      cell: ({ people }) => number(people),
      sort: ({ people }) => people,
    },
    { id: 'since', head: t.since, cell: ({ created_at }) => day(created_at), sort: ({ created_at }) => created_at },
  ]
  return (
    <Panel
      flush
      title={t.organisations}
      hint={t.organisationsHint}
      actions={
        mayCreate && (
          <Button icon={Plus} onClick={() => setCreates(true)}>
            {t.newOrganisation}
          </Button>
        )
      }
    >
      {organisations.error !== null && (
        <ErrorNote error={organisations.error} onRetry={() => void organisations.refetch()} />
      )}
      <Table
        name="organisations"
        label={t.organisations}
        columns={columns}
        rows={organisations.data?.items}
        rowKey={({ id }) => id}
      />
      {creates && <CreateDialog onClose={() => setCreates(false)} />}
    </Panel>
  )
}

function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText(text)
  const create = useChange('people.createOrganisation')
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  if (create.data) return <LinkDialog link={create.data.link} email={email} onClose={onClose} />
  return (
    <FormDialog
      onClose={onClose}
      title={t.newOrganisation}
      description={t.organisationsHint}
      deed={t.create}
      busy={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate({ body: { name, owner_email: email } })}
    >
      <TextField
        label={t.name}
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={errorOf(create.error, 'name')}
      />
      <TextField
        label={t.ownerEmail}
        type="email"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={errorOf(create.error, 'owner_email')}
      />
    </FormDialog>
  )
}
