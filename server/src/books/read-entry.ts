import type { EntryRecord } from '@paddock/contract/entry'
import { entryOf, entryRow } from './entry-row.ts'
import { readFrames } from './frame.ts'
import { readIfThere, type JournalFiles } from './journal-files.ts'
import type { Undrained } from './journal-state.ts'
import { readSettle } from './record.ts'

/** A settled entry straight from the journal, in the form the ledger gives; null when its segment is gone by now. */
export async function readEntry(files: JournalFiles, place: Undrained): Promise<EntryRecord | null> {
  const frames = readFrames(await readIfThere(files, { ...place, name: place.segment }))
  for (const piece of frames) {
    const entry = piece.kind === 'frame' ? readSettle(piece) : null
    if (entry) return entryOf(entryRow(entry))
  }
  return null
}
