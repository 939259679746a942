import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useLanguage } from '@paddock/webkit/text/language.tsx'

export type Provider = Answer<'providers.find'>

/** What a provider calls itself in the language that is chosen. */
export function useProviderName(): (provider: Pick<Provider, 'name'>) => string {
  const { language } = useLanguage()
  return ({ name }) => name[language]
}

export type State = 'practice' | 'idle' | 'keyMissing' | 'heldBack' | 'partlyHeldBack' | 'failing' | 'working' | 'ready'

/** More failures than this in the last day are worth a look. */
const FAILED_SHARE_MAX = 0.05

/** How a provider is, in one word: what needs somebody comes first. */
export function stateOf(provider: Provider): State {
  const { active, made_here, practice, hindrances, models, last_day } = provider
  if (!active) return made_here ? 'keyMissing' : 'idle'
  if (practice) return 'practice'
  if (hindrances.length > 0) return hindrances.length >= models.length ? 'heldBack' : 'partlyHeldBack'
  if (last_day.requests === 0) return 'ready'
  return last_day.failed / last_day.requests > FAILED_SHARE_MAX ? 'failing' : 'working'
}
