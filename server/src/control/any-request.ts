import type { RequestFacts } from '../routing/request.ts'

/** A small request of nobody in particular, to see what is well. */
export const ANY_REQUEST: RequestFacts = {
  stream: false,
  hasImages: false,
  hasTools: false,
  promptTokens: 1_000,
  outputTokens: 500,
  tags: [],
  key: '',
  team: null,
  session: null,
  noFallback: false,
}
