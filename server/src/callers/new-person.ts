import type { Role } from '@paddock/contract/control/endpoint'
import type { Kysely } from 'kysely'
import type { Clock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { PeopleTables } from './people-tables.ts'

export type NewPerson = {
  readonly organisation_id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Empty for who signs in otherwise. */
  readonly password_hash: string
}

/** Puts a member among the people, without a second factor; the id of the new one. */
export async function addPerson(
  { tables, clock }: { readonly tables: Kysely<PeopleTables>; readonly clock: Clock },
  person: NewPerson,
): Promise<string> {
  const id = newId(clock)
  await tables
    .insertInto('people')
    .values({
      ...person,
      id,
      second_factor: null,
      second_factor_on: 0n,
      second_factor_step: 0n,
      created_at: BigInt(clock.now()),
      signed_in_at: null,
      disabled_at: null,
    })
    .execute()
  return id
}

/** False while nobody can sign in. */
export async function hasPeople(tables: Kysely<PeopleTables>): Promise<boolean> {
  return (await tables.selectFrom('people').select('id').limit(1).executeTakeFirst()) !== undefined
}
