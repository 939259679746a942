import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { PaddockError } from '../base/errors.ts'

const PEPPER_BYTES = 32

/** Makes the data folder, readable by its owner only. Throws `data_unusable` naming the folder. */
export function ensureDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw unusable(folder, 'cannot be made', cause)
  }
}

/**
 * The secret that stored keys are hashed with, made on first use. It lies beside the database and not in it, so that a
 * stolen database alone checks no guessed key.
 */
export function readPepper(folder: string): Buffer {
  const path = join(folder, 'pepper')
  try {
    const descriptor = openSync(path, 'wx', 0o600)
    writeSync(descriptor, randomBytes(PEPPER_BYTES).toString('hex'))
    closeSync(descriptor)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(folder, 'cannot be written to', cause)
  }
  const pepper = Buffer.from(readFileSync(path, 'utf8'), 'hex')
  if (pepper.length !== PEPPER_BYTES) {
    throw unusable(
      folder,
      `has a damaged file "pepper" (${PEPPER_BYTES * 2} hexadecimal digits are needed; restore it from a backup, or delete it and all keys)`,
      null,
    )
  }
  chmodSync(path, 0o600)
  return pepper
}

function unusable(folder: string, what: string, cause: unknown): PaddockError {
  return new PaddockError('data_unusable', {
    message: `The data folder ${folder} ${what}. Choose another with --data or PADDOCK_DATA.`,
    cause,
  })
}
