import type { Clock } from '../base/clock.ts'
import { PaddockError } from '../base/errors.ts'
import type { Seals } from '../store/seal.ts'
import type { Store } from '../store/store.ts'
import { hashPassword, isPassword } from './password.ts'
import { peopleWithOrganisations, personOf, type Person, type PersonRow } from './person.ts'
import type { PeopleTables } from './people-tables.ts'
import { makeRecoveryCodes, makeSecret, secretText, secretUri, stepOfCode } from './second-factor.ts'
import { tokenDigest } from './token.ts'

/** How people prove who they are. */
export type SignIn = {
  /**
   * Throws `sign_in_failed`, the same for an unknown address, a wrong password and one who is disabled, after the same
   * work; `second_factor_missing` where a code is needed as well, and `second_factor_wrong`.
   */
  signIn(proof: { email: string; password: string; code?: string | undefined }): Promise<Person>
  /** False for who was made by single sign-on. */
  hasPassword(person: Person): Promise<boolean>
  /** Throws `sign_in_failed`. */
  checkPassword(person: Person, password: string): Promise<void>
  changePassword(person: Person, password: string): Promise<void>
  startSecondFactor(person: Person): Promise<{ readonly secret: string; readonly uri: string }>
  /** From here on the code is asked for. Gives the recovery codes. Throws `second_factor_wrong`. */
  confirmSecondFactor(person: Person, code: string): Promise<readonly string[]>
  dropSecondFactor(person: Person): Promise<void>
  /** Seals every second factor under the newest master key; how many were not. */
  rewrap(): Promise<number>
}

export type SignInParts = { readonly store: Store; readonly clock: Clock; readonly seals: Seals }

export function openSignIn(parts: SignInParts): SignIn {
  const tables = parts.store.tables<PeopleTables>()
  const rowOf = async ({ id }: Person): Promise<PersonRow> =>
    peopleWithOrganisations(tables).where('people.id', '=', id).executeTakeFirstOrThrow()
  return {
    signIn: (proof) => signIn(parts, proof),
    hasPassword: async (person) => (await rowOf(person)).password_hash !== '',
    checkPassword: async (person, password) => {
      const { password_hash } = await rowOf(person)
      if (!(await isPassword(password_hash, password))) throw failed()
    },
    changePassword: async (person, password) => {
      const password_hash = await hashPassword(password)
      await tables.updateTable('people').set({ password_hash }).where('id', '=', person.id).execute()
    },
    startSecondFactor: async (person) => {
      const secret = makeSecret()
      const second_factor = parts.seals.seal(secret.toString('hex'), boundTo(person.id))
      await tables
        .updateTable('people')
        .set({ second_factor, second_factor_on: 0n })
        .where('id', '=', person.id)
        .execute()
      return { secret: secretText(secret), uri: secretUri(secret, person.email) }
    },
    confirmSecondFactor: async (person, code) => {
      await useCode(parts, await rowOf(person), code)
      const codes = makeRecoveryCodes()
      await tables.transaction().execute(async (within) => {
        await within.updateTable('people').set({ second_factor_on: 1n }).where('id', '=', person.id).execute()
        await within.deleteFrom('recovery_codes').where('person_id', '=', person.id).execute()
        const rows = codes.map((each) => ({ digest: recoveryDigest(person.id, each), person_id: person.id }))
        await within.insertInto('recovery_codes').values(rows).execute()
      })
      return codes
    },
    dropSecondFactor: async (person) => {
      await tables
        .updateTable('people')
        .set({ second_factor: null, second_factor_on: 0n })
        .where('id', '=', person.id)
        .execute()
      await tables.deleteFrom('recovery_codes').where('person_id', '=', person.id).execute()
    },
    rewrap: () => rewrap(parts),
  }
}

async function rewrap({ store, seals }: SignInParts): Promise<number> {
  const tables = store.tables<PeopleTables>()
  const rows = await tables.selectFrom('people').select(['id', 'second_factor']).execute()
  let count = 0
  for (const { id, second_factor } of rows) {
    if (second_factor === null || !seals.isOld(second_factor)) continue
    // Only if it is still the same: somebody may be setting up another one.
    await tables
      .updateTable('people')
      .set({ second_factor: seals.rewrap(second_factor) })
      .where('id', '=', id)
      .where('second_factor', '=', second_factor)
      .execute()
    count += 1
  }
  return count
}

async function signIn(
  parts: SignInParts,
  { email, password, code }: { email: string; password: string; code?: string | undefined },
): Promise<Person> {
  const tables = parts.store.tables<PeopleTables>()
  const row = await peopleWithOrganisations(tables).where('people.email', '=', email).executeTakeFirst()
  const isRight = await isPassword(row?.password_hash ?? null, password)
  if (!row || !isRight || row.disabled_at !== null) throw failed()
  if (row.second_factor_on === 1n) {
    if (code === undefined) {
      throw new PaddockError('second_factor_missing', {
        message:
          'A code is needed as well: send the six digits of the authenticator app, or a recovery code, as "code".',
        param: '/code',
      })
    }
    if (/^\d{6}$/.test(code)) await useCode(parts, row, code)
    else await useRecoveryCode(parts, row, code)
  }
  return personOf(row)
}

/** A code counts once: of two requests with the same one, the second finds its step used. */
async function useCode({ store, clock, seals }: SignInParts, row: PersonRow, code: string): Promise<void> {
  if (row.second_factor === null) throw wrongCode()
  const secret = Buffer.from(seals.open(row.second_factor, boundTo(row.id)), 'hex')
  const usedStep = Number(row.second_factor_step)
  const step = stepOfCode(secret, code, { now: clock.now(), usedStep })
  if (step === null) throw wrongCode()
  const { numUpdatedRows } = await store
    .tables<PeopleTables>()
    .updateTable('people')
    .set({ second_factor_step: BigInt(step) })
    .where('id', '=', row.id)
    .where('second_factor_step', '<', BigInt(step))
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw wrongCode()
}

async function useRecoveryCode({ store }: SignInParts, row: PersonRow, code: string): Promise<void> {
  const { numDeletedRows } = await store
    .tables<PeopleTables>()
    .deleteFrom('recovery_codes')
    .where('digest', '=', recoveryDigest(row.id, code))
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw wrongCode()
}

function recoveryDigest(personId: string, code: string): Buffer {
  return tokenDigest(`${personId} ${code.trim().toLowerCase()}`)
}

/** A second factor that is copied to another person's row does not open there. */
function boundTo(personId: string): string {
  return `people|${personId}|second_factor`
}

function failed(): PaddockError {
  return new PaddockError('sign_in_failed', {
    message: 'Address and password do not belong together, or access has ended. Ask an owner for a new invitation.',
  })
}

function wrongCode(): PaddockError {
  return new PaddockError('second_factor_wrong', {
    message:
      'This code is wrong, was used, or is of another time: see that the clock of the app is right, and take the next one.',
    param: '/code',
  })
}
