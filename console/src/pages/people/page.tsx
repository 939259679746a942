import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useMay, useWho } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { Invitations } from './invitations.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { Members } from './members.tsx'
import { Organisations } from './organisations.tsx'
import { text } from './text.ts'

/** The members of the organisation, who is invited, and, for the first organisation, the others. */
export function PeoplePage() {
  const t = useText(text)
  const { installation } = useWho()
  const mayChange = useMay('owner', 'admin')
  const [invites, setInvites] = useState(false)
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={
        mayChange && (
          <Button kind="primary" icon={UserPlus} onClick={() => setInvites(true)}>
            {t.invite}
          </Button>
        )
      }
    >
      <Members />
      <Invitations />
      {installation && <Organisations />}
      {invites && <InviteDialog onClose={() => setInvites(false)} />}
    </Page>
  )
}
