/** The other side of log-copier.ts: told to, it copies the log of the database into the file, as far as nobody reads an older state. */
import { parentPort, workerData } from 'node:worker_threads'
import { DatabaseSync } from '@photostructure/sqlite'

export type Order = 'copy' | 'end'

const database = new DatabaseSync((workerData as { readonly path: string }).path)
// Synced as by those who write: the log before it is copied, and the file before the log is begun anew.
database.exec('PRAGMA busy_timeout=0; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-256')

parentPort?.on('message', (order: Order) => {
  if (order === 'copy') {
    copy()
    parentPort?.postMessage('copied')
    return
  }
  database.close()
  parentPort?.close()
})

/** By `exec`, which makes no values: the driver does not survive making one where the process is told to exit meanwhile. */
function copy(): void {
  try {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  } catch {
    // A full disk, say. What was not copied stays in the log, which is seen there.
  }
}
