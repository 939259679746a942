import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import type { STATES } from './search.ts'
import { text } from './text.ts'

const TONES = { active: 'ok', revoked: 'bad', expired: 'warn' } as const

export function KeyStateBadge({ state }: { readonly state: (typeof STATES)[number] }) {
  const t = useText(text)
  return <Badge tone={TONES[state]}>{t.states[state]}</Badge>
}
