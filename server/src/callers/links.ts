import type { Role } from '@paddock/contract/control/endpoint'
import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../base/clock.ts'
import { excerpt, PaddockError } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import type { Store } from '../store/store.ts'
import { addPerson, hasPeople } from './new-person.ts'
import { hashPassword } from './password.ts'
import { alreadyThere } from './people.ts'
import type { PeopleTables } from './people-tables.ts'
import { makeToken, tokenDigest } from './token.ts'

const HOUR_MS = 3_600_000
const SETUP_MS_MAX = 24 * HOUR_MS
const INVITATION_MS_MAX = 7 * 24 * HOUR_MS

export type Invitation = {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly createdAt: number
  readonly expiresAt: number
}

export type NewMember = { readonly email?: string; readonly name: string; readonly password: string }

/** Links that make a member, once. There is no password before somebody chose one, and none is ever sent. */
export type Links = {
  /** True while nobody can sign in. */
  isSetUpNeeded(): Promise<boolean>
  /** A link for the first owner; one that was made before is good no more. Null when there is an owner. */
  makeSetUp(organisationId: string): Promise<string | null>
  /** Throws `already_there` for an address that is a member somewhere. An earlier invitation of it is good no more. */
  invite(wanted: {
    organisationId: string
    email: string
    role: Role
  }): Promise<{ token: string; invitation: Invitation }>
  invitations(organisationId: string): Promise<Invitation[]>
  /** False where there is none. */
  withdraw(organisationId: string, id: string): Promise<boolean>
  /** The id of the new member. Throws `link_invalid` for a link that is unknown, used or too old. */
  use(kind: 'setup' | 'invitation', token: string, member: NewMember): Promise<string>
}

export function openLinks({ store, clock }: { readonly store: Store; readonly clock: Clock }): Links {
  const tables = store.tables<PeopleTables>()
  const isSetUpNeeded: Links['isSetUpNeeded'] = async () => !(await hasPeople(tables))
  const put = async (link: { organisationId: string; email: string | null; role: Role }, msMax: number) => {
    const token = makeToken()
    const row = {
      id: newId(clock),
      digest: tokenDigest(token),
      organisation_id: link.organisationId,
      email: link.email,
      role: link.role,
      created_at: BigInt(clock.now()),
      expires_at: BigInt(clock.now() + msMax),
    }
    await tables
      .deleteFrom('links')
      .where('email', link.email === null ? 'is' : '=', link.email)
      .execute()
    await tables.insertInto('links').values(row).execute()
    return { token, row }
  }
  return {
    isSetUpNeeded,
    makeSetUp: async (organisationId) => {
      if (!(await isSetUpNeeded())) return null
      return (await put({ organisationId, email: null, role: 'owner' }, SETUP_MS_MAX)).token
    },
    invite: async (wanted) => {
      await refuseKnown(tables, wanted.email)
      const { token, row } = await put(wanted, INVITATION_MS_MAX)
      return { token, invitation: invitationOf({ ...row, email: wanted.email }) }
    },
    invitations: async (organisationId) => {
      const rows = await tables
        .selectFrom('links')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .where('email', 'is not', null)
        .where('expires_at', '>', BigInt(clock.now()))
        .orderBy('id')
        .execute()
      return rows.map((row) => invitationOf({ ...row, email: row.email ?? '' }))
    },
    withdraw: async (organisationId, id) => {
      const { numDeletedRows } = await tables
        .deleteFrom('links')
        .where('organisation_id', '=', organisationId)
        .where('id', '=', id)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
    use: async (kind, token, member) => {
      // Before the transaction: it takes longer than others should have to wait.
      const password_hash = await hashPassword(member.password)
      return tables
        .transaction()
        .execute((within) => useLink({ within, clock }, { kind, token, member, password_hash }))
    },
  }
}

type Use = { kind: 'setup' | 'invitation'; token: string; member: NewMember; password_hash: string }

async function useLink(
  { within, clock }: { within: Transaction<PeopleTables>; clock: Clock },
  { kind, token, member, password_hash }: Use,
): Promise<string> {
  const link = await within
    .deleteFrom('links')
    .where('digest', '=', tokenDigest(token))
    .where('email', kind === 'setup' ? 'is' : 'is not', null)
    .returningAll()
    .executeTakeFirst()
  if (!link || Number(link.expires_at) <= clock.now()) throw linkInvalid(kind)
  const email = link.email ?? member.email ?? ''
  await refuseKnown(within, email)
  const { organisation_id, role } = link
  return addPerson({ tables: within, clock }, { organisation_id, email, name: member.name, role, password_hash })
}

async function refuseKnown(tables: Kysely<PeopleTables>, email: string): Promise<void> {
  const known = await tables.selectFrom('people').select('id').where('email', '=', email).executeTakeFirst()
  if (known) throw alreadyThere(`a member with the address ${excerpt(email)}`)
}

function invitationOf(row: {
  id: string
  email: string
  role: Role
  created_at: bigint
  expires_at: bigint
}): Invitation {
  const { id, email, role, created_at, expires_at } = row
  return { id, email, role, createdAt: Number(created_at), expiresAt: Number(expires_at) }
}

function linkInvalid(kind: 'setup' | 'invitation'): PaddockError {
  const fix =
    kind === 'setup' ? 'Start the server again: it prints a new one.' : 'Ask whoever invited you for a new one.'
  return new PaddockError('link_invalid', {
    message: `This link is not good, or not any more: each works once, for a time. ${fix}`,
  })
}
