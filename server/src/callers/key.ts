import { createHmac, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { PaddockError } from '../base/errors.ts'

/**
 * A key reads `sk-pdk-<12 public>-<32 secret><6 checksum>`. The public part names the key in logs and screens; the
 * checksum (CRC-32 of everything before it, base 62) tells a typing error from an unknown key without asking the database.
 * 32 base-62 characters are 190 random bits, so a fast keyed hash is enough to store them by.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const PREFIX = 'sk-pdk-'
const PUBLIC_LENGTH = 12
const SECRET_LENGTH = 32
const CHECKSUM_LENGTH = 6
const KEY_LENGTH = PREFIX.length + PUBLIC_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${PUBLIC_LENGTH}}-[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`)

/** The whole secret, as it is shown once. */
export type KeyText = string & { readonly __key: true }

export function mintKey(): KeyText {
  const body = `${PREFIX}${randomText(PUBLIC_LENGTH)}-${randomText(SECRET_LENGTH)}`
  return `${body}${checksum(body)}` as KeyText
}

/** The part of a key that may be shown: its prefix and public id. */
export function publicPart(key: KeyText): string {
  return key.slice(0, PREFIX.length + PUBLIC_LENGTH)
}

/** Checks shape and checksum. Throws key_malformed, key_foreign or key_checksum; never repeats the text it was given. */
export function parseKey(text: string): KeyText {
  if (!text.startsWith(PREFIX)) throw foreignOrMalformed(text)
  if (text.length !== KEY_LENGTH || !SHAPE.test(text)) {
    throw new PaddockError('key_malformed', {
      message: `This is not a whole Paddock key: a key has ${KEY_LENGTH} characters, ${PREFIX}, then letters and digits with one "-" between. Copy it again.`,
    })
  }
  const body = text.slice(0, -CHECKSUM_LENGTH)
  if (checksum(body) !== text.slice(-CHECKSUM_LENGTH)) {
    throw new PaddockError('key_checksum', {
      message: 'This key has a typing error: its last six characters do not fit the rest. Copy it again.',
    })
  }
  return text as KeyText
}

/** What is stored and looked up instead of the key: HMAC-SHA-256 under a pepper that lies outside of the database. */
export function keyDigest(pepper: Buffer, key: KeyText): Buffer {
  return createHmac('sha256', pepper).update(key).digest()
}

function foreignOrMalformed(text: string): PaddockError {
  if (/^(sk-|AIza|[a-z]{2,4}[-_]\w{16})/.test(text)) {
    return new PaddockError('key_foreign', {
      message: `This looks like a provider's key. Paddock keeps providers' keys itself: send a Paddock key (${PREFIX}…), and give the provider's key to the operator.`,
    })
  }
  return new PaddockError('key_malformed', {
    message: `This is not a Paddock key: a key starts with ${PREFIX}. Make one with "paddock keys create --name <name>".`,
  })
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}

function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let digit = 0; digit < CHECKSUM_LENGTH; digit += 1) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text
    rest = Math.floor(rest / ALPHABET.length)
  }
  return text
}
