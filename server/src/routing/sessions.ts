import { boundedMap } from './bounded-map.ts'

/** Which target, with which key, answered a conversation last: there the provider's prompt cache is warm. */
export type Sessions = {
  find(name: string, now: number): Kept | null
  keep(name: string, kept: Kept, now: number): void
}

export type Kept = { readonly target: string; readonly apiKey: string | null }

const SESSIONS_MAX = 50_000
/** No provider is known to keep a prompt longer unless it is paid to. */
const KEPT_MS = 3_600_000

export function openSessions(sessionsMax: number = SESSIONS_MAX): Sessions {
  const sessions = boundedMap<Kept & { readonly until: number }>(sessionsMax)
  return {
    find: (name, now) => {
      const kept = sessions.get(name)
      if (kept === undefined || now < kept.until) return kept ?? null
      sessions.delete(name)
      return null
    },
    keep: (name, kept, now) => {
      sessions.set(name, { ...kept, until: now + KEPT_MS })
    },
  }
}
