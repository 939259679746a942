import type { Role } from '@paddock/contract/control/endpoint'
import type { Kysely, Selectable } from 'kysely'
import type { PeopleTables } from './people-tables.ts'

/** Somebody who may sign in, as a member of one organisation. Times are milliseconds since 1970. */
export type Person = {
  readonly id: string
  readonly organisationId: string
  readonly organisationName: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly secondFactor: boolean
  readonly disabled: boolean
  readonly createdAt: number
  readonly signedInAt: number | null
}

export function peopleWithOrganisations(tables: Kysely<PeopleTables>) {
  return tables
    .selectFrom('people')
    .innerJoin('organisations', 'organisations.id', 'people.organisation_id')
    .selectAll('people')
    .select('organisations.name as organisation')
}

export type PersonRow = Selectable<PeopleTables['people']> & { readonly organisation: string }

export function personOf(row: PersonRow): Person {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    organisationName: row.organisation,
    email: row.email,
    name: row.name,
    role: row.role,
    secondFactor: row.second_factor_on === 1n,
    disabled: row.disabled_at !== null,
    createdAt: Number(row.created_at),
    signedInAt: row.signed_in_at === null ? null : Number(row.signed_in_at),
  }
}
