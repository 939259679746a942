import { hash, verify } from '@node-rs/argon2'

/** Passwords are kept as argon2id hashes. */

/**
 * The memory (KiB), passes and lanes that OWASP's cheat sheet on password storage asks for at least: the package's own
 * algorithm is argon2id unless told otherwise.
 */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** A hash nobody has the password of, made when it is first needed. */
let nobodys: Promise<string> | null = null

export function hashPassword(password: string): Promise<string> {
  return hash(password, COST)
}

/** For an address that is not known (null) the same work is done, so that the time taken does not tell which ones are. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  nobodys ??= hashPassword(crypto.randomUUID())
  const matches = await verify(stored ?? (await nobodys), password)
  return matches && stored !== null
}
