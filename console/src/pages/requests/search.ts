import { oneOf, searchOf, spanSearch, text, yes } from '../../search.ts'

export const STATES = [
  'ok',
  'client_gone',
  'stopped_budget',
  'upstream_error',
  'timeout',
  'refused',
  'orphan',
  'unpriced',
] as const

/** `provider`, `route`, `team`: other pages lead here with them. `request`: the one that is looked at. `live`: shows them as they end. */
export const requestsSearch = searchOf({
  ...spanSearch,
  state: oneOf(STATES),
  model: text,
  key: text,
  provider: text,
  route: text,
  team: text,
  request: text,
  live: yes,
})
