import { useText } from '@paddock/webkit/text/language.tsx'
import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import type { League } from './search.ts'
import { text } from './text.ts'

/** How one of a league is called. Teams are counted by id; those of other organisations are known by nothing else here. */
export function useValueName(by: League): (value: string) => string {
  const t = useText(text)
  const teams = useAsk('people.teams', {}, { when: by === 'team' })
  return useMemo(() => {
    const names = new Map(teams.data?.items.map(({ id, name }) => [id, name]))
    return (value) => {
      if (by === 'all') return t.everybody
      return by === 'team' ? (names.get(value) ?? t.teamOf(value.slice(-8))) : value
    }
  }, [by, teams.data, t])
}
