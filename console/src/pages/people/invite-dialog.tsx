import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { Dialog, FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { useGivableRoles } from './roles.ts'
import { text } from './text.ts'

/** Asks for an address and a role, and shows the link once. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText(text)
  const roles = useGivableRoles()
  const invite = useChange('people.invite')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<(typeof roles)[number]>('developer')
  if (invite.data) return <LinkDialog link={invite.data.link} email={email} onClose={onClose} />
  return (
    <FormDialog
      onClose={onClose}
      title={t.inviteTitle}
      deed={t.invite}
      busy={invite.isPending}
      error={invite.error}
      onSubmit={() => invite.mutate({ body: { email, role } })}
    >
      <TextField
        label={t.email}
        type="email"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        error={errorOf(invite.error, 'email')}
      />
      <SelectField
        label={t.role}
        hint={t.may[role]}
        value={role}
        onChange={({ target: { value } }) => setRole(roles.find((one) => one === value) ?? role)}
        options={roles.map((value) => ({ value, label: t.roles[value] }))}
      />
    </FormDialog>
  )
}

type LinkDialogProps = { readonly link: string; readonly email: string; readonly onClose: () => void }

/** The link of an invitation, which is shown this once. */
export function LinkDialog({ link, email, onClose }: LinkDialogProps) {
  const t = useText(text)
  // The server says where it leads; which address it is reached at, only those who look know.
  const whole = new URL(link, location.origin).href
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.linkFor(email)}
      description={t.invited}
      footer={
        <Button kind="primary" onClick={onClose}>
          {t.done}
        </Button>
      }
    >
      <CopyBlock value={whole} label={t.linkFor(email)} />
    </Dialog>
  )
}
