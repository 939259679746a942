import type * as Argon2 from '@node-rs/argon2'
import { PaddockError } from '../base/errors.ts'

/** Passwords are kept as argon2id hashes. */

/**
 * The memory (KiB), passes and lanes that OWASP's cheat sheet on password storage asks for at least: the package's own
 * algorithm is argon2id unless told otherwise.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** Loaded when the first password comes: most of the time a gateway has none to look at. */
function argon2(): Promise<typeof Argon2> {
  return import('@node-rs/argon2')
}

/** A hash nobody has the password of, made when it is first needed. */
let nobodys: Promise<string> | null = null

/**
 * Hashing runs on the few threads that also write the journal to the disk: one at a time, so that guessing passwords slows down
 * who guesses and not who asks a model.
 */
const WAITING_MAX = 50
let waiting = 0
let last: Promise<unknown> = Promise.resolve()

/** Throws `overloaded` where too many wait already. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(async () => (await argon2()).hash(password, COST))
}

function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
  if (waiting >= WAITING_MAX) {
    throw new PaddockError('overloaded', {
      message: 'Too many people are signing in at this moment. Try again.',
      retryAfterSeconds: 5,
    })
  }
  waiting += 1
  const result = last.then(act).finally(() => {
    waiting -= 1
  })
  last = result.catch(() => undefined)
  return result
}

/**
 * For who has no password (empty) and for an address that is not known (null) the same work is done, so that the time taken
 * does not tell which ones are.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const { hash, verify } = await argon2()
  nobodys ??= hash(crypto.randomUUID(), COST)
  const known = stored === null || stored === '' ? null : stored
  const other = await nobodys
  const matches = await inTurn(() => verify(known ?? other, password))
  return matches && known !== null
}
