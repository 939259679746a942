import { PaddockError } from '../base/errors.ts'

/** The ways the books say no. */
export function storageFull(): PaddockError {
  return new PaddockError('storage_full', {
    message:
      'The disk of the data folder is full, so no request can be put on record. Free some space; nothing else is needed.',
    retryAfterSeconds: 5,
  })
}

export function journalBacklog(bytesMax: number): PaddockError {
  return new PaddockError('journal_backlog', {
    message: `More than ${bytesMax} bytes of the journal wait for the database. It accepts requests again when the database has caught up.`,
    retryAfterSeconds: 30,
  })
}

export function journalFailed(cause: unknown): PaddockError {
  return new PaddockError('internal', {
    message:
      'The journal cannot be written, so nothing can be put on record. The log has the cause; mend the disk and start again.',
    cause,
  })
}

export function booksClosed(): PaddockError {
  return new PaddockError('server_shutdown', { message: 'The server is stopping.', retryAfterSeconds: 5 })
}
