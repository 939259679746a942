import type { passkeysApi } from '@paddock/contract/control/passkeys'
import { isoInstant, type Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import type { Passkey, Passkeys } from '../../callers/passkeys.ts'
import type { SignIn } from '../../callers/sign-in.ts'
import type { PersonActor } from '../actor.ts'
import { enter, limited, type EnteringParts } from '../entering.ts'
import { notFound, type Handlers } from '../handlers.ts'

export type PasskeysParts = EnteringParts & {
  readonly clock: Clock
  readonly passkeys: Passkeys
  readonly signIn: Pick<SignIn, 'hasPassword' | 'checkPassword'>
}

/** For so long after signing in nobody is asked again who they are. */
const FRESH_MS = 15 * 60_000

export function passkeysHandlers(parts: PasskeysParts): Handlers<typeof passkeysApi> {
  const { passkeys } = parts
  return {
    list: async ({ actor }) => ({ items: (await passkeys.list(actor.person)).map(shapeOf) }),
    startRegistration: ({ actor, body, site }) =>
      limited(parts, { email: actor.person.email }, async () => {
        await proveAgain(parts, actor, body.password)
        return { ...(await passkeys.startRegistration(actor.person, site)) }
      }),
    register: async ({ actor, body: { name, credential }, site, note }) => {
      const made = await passkeys.register(actor.person, { name, credential: credential as never, site })
      note({ target: made.id, after: shapeOf(made) })
      return shapeOf(made)
    },
    rename: async ({ actor, params, body, note }) => {
      const renamed = await passkeys.rename(actor.person, params.id, body.name)
      if (renamed === null) throw notFound('passkey', params.id)
      note({ after: shapeOf(renamed) })
      return shapeOf(renamed)
    },
    remove: async ({ actor, params, note }) => {
      const removed = await passkeys.remove(actor.person, params.id)
      if (removed === null) throw notFound('passkey', params.id)
      note({ before: shapeOf(removed) })
      return { done: true }
    },
    startSignIn: async ({ site }) => ({ ...(await passkeys.startSignIn(site)) }),
    signIn: (asked) =>
      limited(parts, { from: asked.from }, async () => {
        asked.note({ claimed: 'a passkey' })
        const person = await passkeys.signIn(asked.body.credential as never, asked.site)
        return enter(parts, asked, { personId: person.id, how: 'passkey' })
      }),
  }
}

/** What changes how one signs in asks who one is again: an unlocked screen is not enough. */
async function proveAgain(
  { clock, signIn }: PasskeysParts,
  { person, openedAt }: PersonActor,
  password: string | undefined,
): Promise<void> {
  if (password !== undefined) return signIn.checkPassword(person, password)
  if (!(await signIn.hasPassword(person)) && clock.now() - openedAt <= FRESH_MS) return
  throw new PaddockError('sign_in_again', {
    message: 'Send your password as well; who has none signs in again first, at most a quarter of an hour ago.',
    param: '/password',
  })
}

function shapeOf({ id, name, host, backedUp, createdAt, usedAt }: Passkey) {
  return {
    id,
    name,
    host,
    backed_up: backedUp,
    created_at: isoInstant(createdAt),
    used_at: usedAt === null ? null : isoInstant(usedAt),
  }
}
