import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import type { RaceState } from './search.ts'
import { text } from './text.ts'

const TONES: Readonly<Record<RaceState, Tone>> = {
  running: 'accent',
  promotable: 'warn',
  watching: 'ok',
  settled: 'ok',
  rejected: 'plain',
  inconclusive: 'plain',
  aborted: 'bad',
  stopped: 'plain',
  rolled_back: 'bad',
}

/** Of those that run on, a page asks again and again. */
export const OPEN_STATES: readonly RaceState[] = ['running', 'promotable', 'watching']

/** Where a race is. */
export function StateBadge({ state }: { readonly state: RaceState }) {
  const { states } = useText(text)
  return <Badge tone={TONES[state]}>{states[state]}</Badge>
}
