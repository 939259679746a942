import { call } from '@paddock/webkit/api/call.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { IconButton } from '@paddock/webkit/ui/button.tsx'
import { Menu } from '@paddock/webkit/ui/menu.tsx'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleUser, LogOut, User } from 'lucide-react'
import { useWho } from '../session/session.tsx'
import { text } from './text.ts'

/** Who has signed in, and the way out. */
export function PersonMenu() {
  const t = useText(text)
  const { person, role } = useWho()
  const client = useQueryClient()
  const navigate = useNavigate()
  const signOut = async (): Promise<void> => {
    await call('session.signOut', {})
    // Nothing that one person saw stays for the next.
    client.clear()
    location.assign('/console')
  }
  return (
    <Menu
      trigger={<IconButton icon={CircleUser} label={person?.name ?? role} />}
      groups={[
        {
          label: `${person?.name ?? ''} · ${role}`,
          items: [
            { label: t.profile, icon: User, onSelect: () => void navigate({ to: '/profile' }) },
            { label: t.signOut, icon: LogOut, onSelect: () => void signOut() },
          ],
        },
      ]}
    />
  )
}
