import { oneOf, searchOf, spanSearch, text } from '../../search.ts'

export const MEASURES = ['cost', 'requests', 'tokens', 'failed'] as const
export const GROUPS = ['model', 'provider', 'team', 'route', 'key', 'state'] as const

/** `story`: the route whose timeline is shown. */
export const overviewSearch = searchOf({
  ...spanSearch,
  by: oneOf(GROUPS),
  measure: oneOf(MEASURES),
  currency: text,
  story: text,
})
