import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { join } from 'node:path'
import { PaddockError } from '../base/errors.ts'

/** The right to write a data folder. The system takes it back when the process ends, however it ends. */
export type Lock = { release(): void }

const SQLITE_BUSY = 5

/**
 * Takes the data folder for this process: an exclusive lock on `lock.db`, held for life. SQLite's lock is used because
 * Node has none that outlives a kill -9 cleanly. Throws `data_in_use` when another process has it.
 */
export function lockFolder(folder: string): Lock {
  const path = join(folder, 'lock.db')
  let database: DatabaseSyncInstance | null = null
  try {
    database = new DatabaseSync(path)
    database.exec('PRAGMA busy_timeout=0; BEGIN EXCLUSIVE')
  } catch (cause) {
    database?.close()
    throw refusal(folder, cause)
  }
  const held = database
  return {
    release: () => {
      held.close()
    },
  }
}

function refusal(folder: string, cause: unknown): PaddockError {
  if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) {
    return new PaddockError('data_in_use', {
      message: `Another Paddock process is using the data folder ${folder}. Stop it first, or give this one a folder of its own with --data.`,
      cause,
    })
  }
  return new PaddockError('data_unusable', {
    message: `The data folder ${folder} cannot be locked. See that it exists and that this user may write to it.`,
    cause,
  })
}
