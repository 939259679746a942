import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import type { STATES } from './search.ts'
import { text } from './text.ts'

type State = (typeof STATES)[number]

const TONES: Readonly<Record<State, Tone>> = {
  ok: 'ok',
  client_gone: 'plain',
  stopped_budget: 'warn',
  upstream_error: 'bad',
  timeout: 'bad',
  refused: 'warn',
  orphan: 'bad',
  unpriced: 'warn',
}

/** How a request ended. */
export function StateBadge({ state }: { readonly state: State }) {
  const { states } = useText(text)
  return <Badge tone={TONES[state]}>{states[state]}</Badge>
}
