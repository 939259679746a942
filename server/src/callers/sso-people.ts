import type { OidcSetting } from '@paddock/contract/sign-in'
import type { Kysely } from 'kysely'
import type { Clock } from '../base/clock.ts'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { Store } from '../store/store.ts'
import { addPerson, hasPeople } from './new-person.ts'
import type { Identity } from './oidc.ts'
import type { PeopleTables } from './people-tables.ts'

/** How somebody came in: known from before, or for the first time as a member, by an invitation, or as somebody new. */
export type Entered = { readonly personId: string; readonly how: 'known' | 'member' | 'invited' | 'new' }

/** Which member an identity of another provider is. */
export type SsoPeople = {
  /**
   * Somebody who came in before is found by issuer and subject; else by an address that the issuer says it has verified.
   * Throws `sso_not_allowed`, which says why not.
   */
  enter(identity: Identity, setting: OidcSetting): Promise<Entered>
}

const NAME_LENGTH_MAX = 100
const EMAIL_LENGTH_MAX = 254

export function openSsoPeople({ store, clock }: { readonly store: Store; readonly clock: Clock }): SsoPeople {
  return {
    enter: (identity, setting) => {
      // At every time, not the first alone: a domain that is taken off the list comes in no more.
      const email = allowedEmail(identity, setting)
      return store.write((tables: Kysely<PeopleTables>) => enter({ tables, clock }, { ...identity, email }, setting))
    },
  }
}

type Within = { readonly tables: Kysely<PeopleTables>; readonly clock: Clock }
type Addressed = Identity & { readonly email: string }

async function enter({ tables, clock }: Within, identity: Addressed, setting: OidcSetting): Promise<Entered> {
  const { issuer, subject, email } = identity
  const known = await tables
    .selectFrom('identities')
    .innerJoin('people', 'people.id', 'identities.person_id')
    .select(['people.id', 'people.disabled_at'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  if (known) return { personId: openTo(known), how: 'known' }
  if (!identity.emailVerified) throw notAllowed('it does not say that the address is verified')
  const member = await tables
    .selectFrom('people')
    .select(['id', 'disabled_at'])
    .where('email', '=', email)
    .executeTakeFirst()
  const entered: Entered = member
    ? { personId: openTo(member), how: 'member' }
    : await makeMember({ tables, clock }, identity, setting)
  await tables
    .insertInto('identities')
    .values({ issuer, subject, person_id: entered.personId, created_at: BigInt(clock.now()) })
    .execute()
  return entered
}

/** Somebody new: by an invitation that is open, else where the configuration says that there may be. */
async function makeMember({ tables, clock }: Within, identity: Addressed, setting: OidcSetting): Promise<Entered> {
  const { email } = identity
  if (!(await hasPeople(tables)))
    throw notAllowed('the first owner comes by the link that the server prints when it starts')
  const invitation = await tables
    .deleteFrom('links')
    .where('email', '=', email)
    .where('expires_at', '>', BigInt(clock.now()))
    .returningAll()
    .executeTakeFirst()
  const { organisation_id, role } = invitation ?? (await placeForNew(tables, setting))
  const person = { organisation_id, email, name: nameOf(identity), role, password_hash: '' }
  return { personId: await addPerson({ tables, clock }, person), how: invitation ? 'invited' : 'new' }
}

async function placeForNew(tables: Kysely<PeopleTables>, { new_people }: OidcSetting) {
  if (new_people === undefined) throw notAllowed('there is no member of this address. Ask an owner for an invitation')
  const { role, organisation } = new_people
  const first = tables.selectFrom('organisations').select('id').orderBy('created_at').orderBy('id').limit(1)
  const found = await (organisation === undefined ? first : first.where('name', '=', organisation)).executeTakeFirst()
  if (found) return { organisation_id: found.id, role }
  throw new PaddockError('config_invalid', {
    message: `sign_in.oidc.new_people.organisation: there is no organisation called "${excerpt(organisation ?? '')}". Create it, or name another one in paddock.yaml.`,
  })
}

function allowedEmail({ email }: Identity, { domains }: OidcSetting): string {
  if (email === null || email.length > EMAIL_LENGTH_MAX || !/^[^\s@]+@[^\s@]+$/.test(email))
    throw notAllowed('it does not say which address is theirs')
  const domain = email.slice(email.lastIndexOf('@') + 1)
  if (domains === undefined || domains.includes(domain)) return email
  throw notAllowed(`addresses of ${excerpt(domain)} are not among sign_in.oidc.domains`)
}

function openTo(person: { readonly id: string; readonly disabled_at: bigint | null }): string {
  if (person.disabled_at === null) return person.id
  throw notAllowed('access has ended. Ask an owner')
}

/** What people are called here: without characters that cannot be seen. */
function nameOf({ name, email }: Addressed): string {
  const seen = (name ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, NAME_LENGTH_MAX)
  return seen === '' ? email : seen
}

function notAllowed(why: string): PaddockError {
  return new PaddockError('sso_not_allowed', {
    message: `The provider of identities knows this person, but they may not come in here: ${why}.`,
  })
}
