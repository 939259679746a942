import { createHash, randomBytes } from 'node:crypto'

/** Secrets that are handed out once and looked up by their digest: sessions, links. */

const TOKEN_BYTES = 32

/** 256 random bits, as text that may stand in cookies and addresses. */
export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** What is stored instead. A fast hash is enough for what nobody can guess. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
