import { getRouteApi } from '@tanstack/react-router'
import { DatasetPage } from './dataset.tsx'
import { RaceList } from './list.tsx'
import { RacePage } from './race.tsx'
import type { RacesSearch } from './search.ts'

const route = getRouteApi('/shell/races')

/** All races, or one of them: on a route, or on the practice data. */
export function RacesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<RacesSearch>): void => void navigate({ search: (old) => ({ ...old, ...part }) })
  if (search.race !== undefined) return <RacePage id={search.race} search={search} onChange={change} />
  if (search.dataset !== undefined) return <DatasetPage id={search.dataset} />
  return <RaceList search={search} onChange={change} />
}
