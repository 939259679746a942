import type { sessionApi } from '@paddock/contract/control/session'
import { isoInstant } from '../../base/clock.ts'
import type { Links } from '../../callers/links.ts'
import type { Person } from '../../callers/person.ts'
import type { SignIn } from '../../callers/sign-in.ts'
import { passkeySite } from '../../callers/site.ts'
import type { Actor } from '../actor.ts'
import { enter, limited, whoIsPerson, type EnteringParts, type Who } from '../entering.ts'
import type { Handlers } from '../handlers.ts'

export type SessionParts = EnteringParts & {
  readonly links: Links
  readonly signIn: SignIn
  /** What the button for single sign-on says; null where there is none. */
  readonly ssoName: () => string | null
}

type Api = typeof sessionApi

export function sessionHandlers(parts: SessionParts): Handlers<Api> {
  const { links, sessions, signIn } = parts
  return {
    setupState: async () => ({ needed: await links.isSetUpNeeded() }),
    ways: ({ site }) => {
      const name = parts.ssoName()
      return Promise.resolve({
        password: true,
        passkeys: passkeySite(site) !== null,
        sso: name === null ? null : { name },
      })
    },
    setUp: (asked) => {
      const { token, ...member } = asked.body
      asked.note({ claimed: member.email })
      return limited(parts, { from: asked.from }, async () => {
        return enter(parts, asked, { personId: await links.use('setup', token, member) })
      })
    },
    acceptInvitation: (asked) => {
      const { token, ...member } = asked.body
      asked.note({ claimed: member.name })
      return limited(parts, { from: asked.from }, async () => {
        return enter(parts, asked, { personId: await links.use('invitation', token, member) })
      })
    },
    signIn: (asked) =>
      limited(parts, { email: asked.body.email, from: asked.from }, async () => {
        asked.note({ claimed: asked.body.email })
        const person = await signIn.signIn(asked.body)
        return enter(parts, asked, { personId: person.id })
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
