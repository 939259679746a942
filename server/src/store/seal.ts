import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { assert, PaddockError } from '../base/errors.ts'

/**
 * Keeps secrets in the database so that the database alone does not give them away. Each is encrypted under a key of its
 * own (AES-256-GCM), which is encrypted under a key derived from the file `secrets` beside the database. What a secret is
 * bound to (its place, the address it is for) is authenticated: elsewhere it does not open.
 */
export type Seals = {
  /** A text `v1.<master>.<wrapped key>.<nonce, text, tag>`. */
  seal(secret: string, boundTo: string): string
  /** Throws `secret_unusable` for a text that was changed, is bound elsewhere, or is from another data folder. */
  open(sealed: string, boundTo: string): string
  /** The same secret under the newest master key. The secret itself is not decrypted anew. */
  rewrap(sealed: string): string
  /** True for a text whose master key is not the newest. */
  isOld(sealed: string): boolean
}

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 'v1'
const FILE = 'secrets'

/**
 * `read` gives the master keys, the newest first. It is asked each time: secrets are opened rarely, and another process may
 * have put a new master key in place meanwhile.
 */
export function openSeals(read: () => readonly Buffer[]): Seals {
  return {
    seal: (secret, boundTo) => {
      const dataKey = randomBytes(KEY_BYTES)
      return written(newestOf(read()), dataKey, encrypt(dataKey, Buffer.from(secret, 'utf8'), boundTo))
    },
    open: (sealed, boundTo) => {
      const { text } = parse(sealed)
      return decrypt(unwrap(read(), sealed), text, boundTo).toString('utf8')
    },
    rewrap: (sealed) => {
      const masters = read()
      return written(newestOf(masters), unwrap(masters, sealed), parse(sealed).text)
    },
    isOld: (sealed) => parse(sealed).master !== nameOf(newestOf(read())),
  }
}

function newestOf([newest]: readonly Buffer[]): Buffer {
  assert(newest !== undefined, 'there is a master key')
  return newest
}

function written(master: Buffer, dataKey: Buffer, text: Buffer): string {
  const name = nameOf(master)
  const wrapped = encrypt(wrappingKey(master), dataKey, name)
  return [VERSION, name, wrapped.toString('base64url'), text.toString('base64url')].join('.')
}

function unwrap(masters: readonly Buffer[], sealed: string): Buffer {
  const { master: name, wrapped } = parse(sealed)
  const master = masters.find((each) => nameOf(each) === name)
  if (master === undefined) throw unusable('was sealed with another file "secrets"')
  return decrypt(wrappingKey(master), wrapped, name)
}

/** The master keys of a data folder, the newest first; one is made on first use. Throws `data_unusable`. */
export function readMasters(folder: string): Buffer[] {
  const path = join(folder, FILE)
  try {
    const descriptor = openSync(path, 'wx', 0o600)
    writeSync(descriptor, `${randomBytes(KEY_BYTES).toString('hex')}\n`)
    closeSync(descriptor)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw damaged(path, cause)
  }
  const masters = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line, 'hex'))
  if (masters.length === 0 || masters.some(({ length }) => length !== KEY_BYTES)) throw damaged(path, null)
  return masters
}

/** Written beside and renamed, so that no moment is without a whole file. */
export function writeMasters(folder: string, masters: readonly Buffer[]): void {
  const path = join(folder, FILE)
  const partial = `${path}.${process.pid}.part`
  writeFileSync(partial, masters.map((master) => `${master.toString('hex')}\n`).join(''), { mode: 0o600 })
  renameSync(partial, path)
}

export function makeMaster(): Buffer {
  return randomBytes(KEY_BYTES)
}

/** Names a master key without telling anything of it. */
function nameOf(master: Buffer): string {
  return createHash('sha256').update('paddock master name').update(master).digest('hex').slice(0, 12)
}

function wrappingKey(master: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', master, '', 'paddock wrapping key v1', KEY_BYTES))
}

function encrypt(key: Buffer, plain: Buffer, boundTo: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo, 'utf8'))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, bytes: Buffer, boundTo: string): Buffer {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw unusable('is cut off')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(boundTo, 'utf8'))
    .setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  } catch {
    throw unusable('was changed, or is bound to something else')
  }
}

function parse(sealed: string): { master: string; wrapped: Buffer; text: Buffer } {
  const [version, master = '', wrapped = '', text = ''] = sealed.split('.')
  if (version !== VERSION) throw unusable('is none')
  return { master, wrapped: Buffer.from(wrapped, 'base64url'), text: Buffer.from(text, 'base64url') }
}

function unusable(what: string): PaddockError {
  return new PaddockError('secret_unusable', {
    message: `A stored secret ${what}. Put back the file "${FILE}" that belongs to this database, or enter the secret again.`,
  })
}

function damaged(path: string, cause: unknown): PaddockError {
  return new PaddockError('data_unusable', {
    message: `The file ${path} cannot be used (${KEY_BYTES * 2} hexadecimal digits a line are needed). Restore it from a backup; without it, entered keys and second factors are lost.`,
    cause,
  })
}
