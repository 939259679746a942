import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import { stateOf, type Provider, type State } from './provider.ts'
import { text } from './text.ts'

const TONES: Readonly<Record<State, Tone>> = {
  practice: 'accent',
  idle: 'plain',
  keyMissing: 'warn',
  heldBack: 'bad',
  partlyHeldBack: 'warn',
  failing: 'warn',
  working: 'ok',
  ready: 'plain',
}

export function StateBadge({ provider }: { readonly provider: Provider }) {
  const t = useText(text)
  const state = stateOf(provider)
  return <Badge tone={TONES[state]}>{t.states[state]}</Badge>
}
