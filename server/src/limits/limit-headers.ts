import type { Level } from './counter-store.ts'

/** The headers callers know from the OpenAI API, for the window with the least left, of requests and of tokens. */
export function limitHeaders(levels: readonly Level[]): Record<string, string> {
  return { ...headersOf('requests', levels), ...headersOf('tokens', levels) }
}

function headersOf(kind: 'requests' | 'tokens', levels: readonly Level[]): Record<string, string> {
  let tightest: Level | null = null
  for (const level of levels) {
    if (level.demand.kind === kind && (tightest === null || left(level) < left(tightest))) tightest = level
  }
  if (tightest === null) return {}
  return {
    [`x-ratelimit-limit-${kind}`]: String(tightest.demand.limit),
    [`x-ratelimit-remaining-${kind}`]: String(left(tightest)),
    [`x-ratelimit-reset-${kind}`]: `${Math.ceil(tightest.resetMs / 1_000)}s`,
  }
}

/** A request may turn out to have used more than it held, so more than the limit may be used. */
function left({ demand, used }: Level): number {
  return Math.max(0, demand.limit - used)
}
