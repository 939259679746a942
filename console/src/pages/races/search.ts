import { oneOf, searchOf, text, yes } from '../../search.ts'

export const STATES = [
  'running',
  'promotable',
  'watching',
  'settled',
  'rejected',
  'inconclusive',
  'aborted',
  'stopped',
  'rolled_back',
] as const
export type RaceState = (typeof STATES)[number]

/**
 * `race`, `dataset`: the one that is looked at. `challenger`: whose evidence is shown, where there are several. `arm`, `rated`: which of
 * its single trials, and `duel` the one that is stepped to.
 */
export const racesSearch = searchOf({
  state: oneOf(STATES),
  route: text,
  race: text,
  dataset: text,
  challenger: text,
  arm: text,
  rated: yes,
  duel: text,
})

export type RacesSearch = ReturnType<typeof racesSearch>
export type ChangeSearch = (part: Partial<RacesSearch>) => void
