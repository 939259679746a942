import type { Role } from '@paddock/contract/control/endpoint'
import { isoInstant, type Clock } from '../base/clock.ts'
import { excerpt, PaddockError } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import type { Store } from '../store/store.ts'
import { peopleWithOrganisations, personOf, type Person } from './person.ts'
import type { PeopleTables } from './people-tables.ts'

export type Organisation = {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly people: number
}

export type PersonChanges = { readonly role?: Role | undefined; readonly disabled?: boolean | undefined }

/** The members of organisations. Whoever asks names the organisation, so that an id of another one finds nobody. */
export type People = {
  list(organisationId: string): Promise<Person[]>
  find(organisationId: string, id: string): Promise<Person | null>
  /** Throws `owner_needed` where the organisation would be left without an owner. Ends the sessions of who is disabled. */
  change(person: Person, changes: PersonChanges): Promise<Person>
  organisations(): Promise<Organisation[]>
  /** Throws `already_there`. */
  createOrganisation(name: string): Promise<Organisation>
  /** The first organisation: what is set up for all is in the hands of its members. Null before there is one. */
  home(): Promise<Organisation | null>
}

export function openPeople({ store, clock }: { readonly store: Store; readonly clock: Clock }): People {
  const tables = store.tables<PeopleTables>()
  const find: People['find'] = async (organisationId, id) => {
    const row = await peopleWithOrganisations(tables)
      .where('people.organisation_id', '=', organisationId)
      .where('people.id', '=', id)
      .executeTakeFirst()
    return row ? personOf(row) : null
  }
  const organisations: People['organisations'] = async () => {
    const rows = await tables
      .selectFrom('organisations')
      .leftJoin('people', 'people.organisation_id', 'organisations.id')
      .select(['organisations.id', 'organisations.name', 'organisations.created_at'])
      .select(({ fn }) => fn.count('people.id').as('people'))
      .groupBy('organisations.id')
      .orderBy('organisations.created_at')
      .orderBy('organisations.id')
      .execute()
    return rows.map(({ id, name, created_at, people }) => ({
      id,
      name,
      createdAt: Number(created_at),
      people: Number(people),
    }))
  }
  return {
    list: async (organisationId) => {
      const rows = await peopleWithOrganisations(tables)
        .where('people.organisation_id', '=', organisationId)
        .orderBy('people.id')
        .execute()
      return rows.map(personOf)
    },
    find,
    change: async (person, { role, disabled }) => {
      await tables.transaction().execute(async (within) => {
        await within
          .updateTable('people')
          .set({
            role: role ?? person.role,
            ...(disabled === undefined ? {} : { disabled_at: disabled ? BigInt(clock.now()) : null }),
          })
          .where('id', '=', person.id)
          .executeTakeFirst()
        const owners = within.selectFrom('people').select('id').where('organisation_id', '=', person.organisationId)
        const one = await owners.where('role', '=', 'owner').where('disabled_at', 'is', null).executeTakeFirst()
        if (!one) throw ownerNeeded()
        if (disabled === true) await within.deleteFrom('sessions').where('person_id', '=', person.id).execute()
      })
      return (await find(person.organisationId, person.id)) ?? person
    },
    organisations,
    createOrganisation: async (name) => {
      const made = { id: newId(clock), name, created_at: BigInt(clock.now()) }
      const { numInsertedOrUpdatedRows } = await tables
        .insertInto('organisations')
        .values(made)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (numInsertedOrUpdatedRows === 0n) throw alreadyThere(`an organisation called "${excerpt(name)}"`)
      return { id: made.id, name, createdAt: clock.now(), people: 0 }
    },
    home: async () => (await organisations())[0] ?? null,
  }
}

export function alreadyThere(what: string): PaddockError {
  return new PaddockError('already_there', {
    message: `There is ${what} already. Choose another name, or change that one.`,
  })
}

function ownerNeeded(): PaddockError {
  return new PaddockError('owner_needed', {
    message: 'An organisation keeps at least one owner who can sign in. Make somebody else an owner first.',
  })
}

/** What of a person is put into the audit log: all that can be changed, and nothing secret. */
export function describePerson({ email, name, role, disabled, secondFactor, createdAt }: Person): object {
  return { email, name, role, disabled, second_factor: secondFactor, created_at: isoInstant(createdAt) }
}
