import type { Caller } from '../../server/src/callers/caller.ts'

/** A caller that may call everything, but for what a test changes. */
export function callerOf(changes: Partial<Caller> = {}): Caller {
  return {
    organisationId: 'o',
    organisationName: 'o',
    teamId: 't',
    teamName: 't',
    userId: null,
    keyId: 'k',
    keyName: 'k',
    scopes: ['call'],
    models: null,
    limits: null,
    budget: null,
    expiresAt: null,
    revokedAt: null,
    ...changes,
  }
}
