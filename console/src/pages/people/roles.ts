import { useWho, type Who } from '../../session/session.tsx'

type Role = Who['role']

const BELOW_OWNER: readonly Role[] = ['admin', 'billing', 'developer', 'viewer', 'auditor']

/** The roles that the one who has signed in may give: owners are made by owners. */
export function useGivableRoles(): readonly Role[] {
  return useWho().role === 'owner' ? ['owner', ...BELOW_OWNER] : BELOW_OWNER
}
