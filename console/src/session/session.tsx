import { call } from '@paddock/webkit/api/call.ts'
import { ApiError } from '@paddock/webkit/api/error.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, type ReactNode } from 'react'
import { SignIn } from './sign-in.tsx'

export type Who = Answer<'session.whoAmI'>
type Role = Who['role']

const WhoContext = createContext<Who | null>(null)

/** Who has signed in; only inside of SessionGate. */
export function useWho(): Who {
  const who = useContext(WhoContext)
  if (who === null) throw new Error('Nobody has signed in.')
  return who
}

/** Whether the one who has signed in may do what these roles may: to leave out what the server would refuse. */
export function useMay(...roles: readonly Role[]): boolean {
  return roles.includes(useWho().role)
}

/** Shows what is inside to those who have signed in, and the way to sign in to all others. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const session = useQuery({
    queryKey: ['session.whoAmI', {}],
    queryFn: async ({ signal }) => {
      try {
        return await call('session.whoAmI', {}, signal)
      } catch (error) {
        // Nobody has signed in: an answer, not a failure.
        if (error instanceof ApiError && error.status === 401) return null
        throw error
      }
    },
    staleTime: Infinity,
  })
  if (session.error !== null)
    return (
      <div className="mx-auto max-w-lg p-8">
        <ErrorNote error={session.error} onRetry={() => void session.refetch()} />
      </div>
    )
  if (session.data === undefined) return null
  return session.data === null ? <SignIn /> : <WhoContext value={session.data}>{children}</WhoContext>
}
