import { createHmac, randomBytes, randomInt } from 'node:crypto'

/** Codes of an authenticator app (RFC 6238 with its usual settings: SHA-1, 30 seconds, six digits), and what replaces them. */

const STEP_MS = 30_000
const DIGITS = 6
const SECRET_BYTES = 20
/** Clocks differ: the codes of the step before and after count, too. */
const STEPS_AROUND = 1
const RECOVERY_CODES = 10
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Letters and digits that are not taken for one another. */
const RECOVERY_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

export function makeSecret(): Buffer {
  return randomBytes(SECRET_BYTES)
}

/** The secret as apps take it: RFC 4648 base 32, without padding. */
export function secretText(secret: Buffer): string {
  let bits = ''
  for (const byte of secret) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE_32.charAt(parseInt(five.padEnd(5, '0'), 2))).join('')
}

/** What the QR code of an app says (the key URI format of Google Authenticator). */
export function secretUri(secret: Buffer, email: string): string {
  return `otpauth://totp/Paddock:${encodeURIComponent(email)}?secret=${secretText(secret)}&issuer=Paddock`
}

/**
 * The step a code belongs to, or null where it is not one of now. Only steps after `usedStep` count: a code that was read
 * over somebody's shoulder is worth nothing once it was used.
 */
export function stepOfCode(
  secret: Buffer,
  code: string,
  { now, usedStep }: { readonly now: number; readonly usedStep: number },
): number | null {
  const current = Math.floor(now / STEP_MS)
  for (let step = current - STEPS_AROUND; step <= current + STEPS_AROUND; step += 1) {
    if (step > usedStep && codeOf(secret, step) === code) return step
  }
  return null
}

/** RFC 4226, 5.3. */
export function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 0x0f
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** For a lost app: each counts once. Ten characters are 49 random bits, and guesses are limited. */
export function makeRecoveryCodes(): string[] {
  const five = (): string =>
    Array.from({ length: 5 }, () => RECOVERY_ALPHABET.charAt(randomInt(RECOVERY_ALPHABET.length))).join('')
  return Array.from({ length: RECOVERY_CODES }, () => `${five()}-${five()}`)
}
