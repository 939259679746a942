import type { sessionApi } from '@paddock/contract/control/session'
import { isoInstant } from '../base/clock.ts'
import { asPaddockError } from '../base/errors.ts'
import { describePerson, type People } from '../callers/people.ts'
import type { Person } from '../callers/person.ts'
import type { Sessions } from '../callers/sessions.ts'
import type { Asked, Handlers } from './handlers.ts'
import type { SignInLimit, Trying } from './sign-in-limit.ts'

/** What all ways of signing in have in common: guessing is slowed down, and each ends in the one `enter`. */

export type EnteringParts = {
  readonly people: People
  readonly sessions: Sessions
  readonly limit: SignInLimit
}

export type Who = Awaited<ReturnType<Handlers<typeof sessionApi>['whoAmI']>>

/** What a failed attempt is known by; other errors do not count as guessing. */
const GUESSES: ReadonlySet<string> = new Set([
  'sign_in_failed',
  'second_factor_wrong',
  'link_invalid',
  'passkey_refused',
  'sign_in_expired',
])

export async function limited<Answer>(
  { limit }: Pick<EnteringParts, 'limit'>,
  trying: Trying,
  act: () => Promise<Answer>,
): Promise<Answer> {
  const attempt = limit.begin(trying)
  try {
    const answer = await act()
    attempt.succeeded()
    return answer
  } catch (thrown) {
    if (!GUESSES.has(asPaddockError(thrown).code)) attempt.takeBack()
    throw thrown
  }
}

type Entering = Pick<Asked<(typeof sessionApi)['signIn']>, 'note' | 'setSession'>

/** Opens a session. `how` goes into the audit log beside who it is. */
export async function enter(
  { sessions, people }: EnteringParts,
  asked: Entering,
  { personId, how }: { readonly personId: string; readonly how?: string },
): Promise<Who> {
  const opened = await sessions.open(personId)
  const session = await sessions.find(opened.token)
  if (!session) throw new Error('broken invariant: a session that was opened is there')
  const { person, expiresAt } = session
  asked.note({ person, target: person.id, after: { ...describePerson(person), ...(how !== undefined && { how }) } })
  asked.setSession({ token: opened.token, expiresAt })
  const installation = (await people.home())?.id === person.organisationId
  return whoIsPerson(person, { installation, expiresAt })
}

export function whoIsPerson(
  person: Person,
  { installation, expiresAt }: { readonly installation: boolean; readonly expiresAt: number },
): Who {
  const { id, email, name, role, secondFactor, organisationId, organisationName } = person
  return {
    via: 'session',
    role,
    organisation: { id: organisationId, name: organisationName },
    installation,
    person: { id, email, name, second_factor: secondFactor },
    key: null,
    expires_at: isoInstant(expiresAt),
  }
}
