import type { sessionApi } from '@paddock/contract/control/session'
import { isoInstant } from '../../base/clock.ts'
import type { Links } from '../../callers/links.ts'
import { describePerson, type People } from '../../callers/people.ts'
import type { Person } from '../../callers/person.ts'
import type { Sessions } from '../../callers/sessions.ts'
import type { SignIn } from '../../callers/sign-in.ts'
import { asPaddockError } from '../../base/errors.ts'
import type { Actor } from '../actor.ts'
import type { Asked, Handlers } from '../handlers.ts'
import type { SignInLimit, Trying } from '../sign-in-limit.ts'

export type SessionParts = {
  readonly links: Links
  readonly people: People
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly limit: SignInLimit
}

type Api = typeof sessionApi
type Who = Awaited<ReturnType<Handlers<Api>['whoAmI']>>

export function sessionHandlers(parts: SessionParts): Handlers<Api> {
  const { links, sessions, signIn } = parts
  return {
    setupState: async () => ({ needed: await links.isSetUpNeeded() }),
    setUp: (asked) => {
      const { token, ...member } = asked.body
      asked.note({ claimed: member.email })
      return limited(parts, { from: asked.from }, async () => {
        return enter(parts, asked, await links.use('setup', token, member))
      })
    },
    acceptInvitation: (asked) => {
      const { token, ...member } = asked.body
      asked.note({ claimed: member.name })
      return limited(parts, { from: asked.from }, async () => {
        return enter(parts, asked, await links.use('invitation', token, member))
      })
    },
    signIn: (asked) =>
      limited(parts, { email: asked.body.email, from: asked.from }, async () => {
        asked.note({ claimed: asked.body.email })
        const person = await signIn.signIn(asked.body)
        return enter(parts, asked, person.id)
      }),
    whoAmI: ({ actor }) => Promise.resolve(whoIs(actor)),
    signOut: async ({ actor, setSession }) => {
      await sessions.end(actor.token)
      setSession(null)
      return { done: true }
    },
    changePassword: (asked) =>
      checked(parts, { person: asked.actor.person, password: asked.body.current }, async () => {
        await signIn.changePassword(asked.actor.person, asked.body.password)
        await sessions.endOthers(asked.actor.person.id, asked.actor.token)
        return { done: true as const }
      }),
    startSecondFactor: (asked) =>
      checked(parts, { person: asked.actor.person, password: asked.body.password }, () =>
        signIn.startSecondFactor(asked.actor.person),
      ),
    confirmSecondFactor: (asked) =>
      limited(parts, { email: asked.actor.person.email }, async () => ({
        recovery_codes: await signIn.confirmSecondFactor(asked.actor.person, asked.body.code),
      })),
    dropSecondFactor: (asked) =>
      checked(parts, { person: asked.actor.person, password: asked.body.password }, async () => {
        await signIn.dropSecondFactor(asked.actor.person)
        return { done: true as const }
      }),
  }
}

/** What a failed attempt is known by; other errors do not count as guessing. */
const GUESSES: ReadonlySet<string> = new Set(['sign_in_failed', 'second_factor_wrong', 'link_invalid'])

async function limited<Answer>({ limit }: SessionParts, trying: Trying, act: () => Promise<Answer>): Promise<Answer> {
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

/** What changes how one signs in asks for the password again: an unlocked screen is not enough. */
function checked<Answer>(
  parts: SessionParts,
  { person, password }: { readonly person: Person; readonly password: string },
  act: () => Promise<Answer>,
): Promise<Answer> {
  return limited(parts, { email: person.email }, async () => {
    await parts.signIn.checkPassword(person, password)
    return act()
  })
}

type Entering = Pick<Asked<Api['signIn']>, 'note' | 'setSession'>

async function enter({ sessions, people }: SessionParts, asked: Entering, personId: string): Promise<Who> {
  const opened = await sessions.open(personId)
  const session = await sessions.find(opened.token)
  if (!session) throw new Error('broken invariant: a session that was opened is there')
  const { person, expiresAt } = session
  asked.note({ person, target: person.id, after: describePerson(person) })
  asked.setSession({ token: opened.token, expiresAt })
  const installation = (await people.home())?.id === person.organisationId
  return whoIsPerson(person, { installation, expiresAt })
}

function whoIs(actor: Actor): Who {
  if (actor.via === 'session') return whoIsPerson(actor.person, actor)
  const { key, role, installation } = actor
  return {
    via: 'key',
    role,
    organisation: { id: key.organisationId, name: key.organisationName },
    installation,
    person: null,
    key: { id: key.keyId, name: key.keyName, team_id: key.teamId },
    expires_at: key.expiresAt === null ? null : isoInstant(key.expiresAt),
  }
}

function whoIsPerson(
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
