import { readFrames } from './frame.ts'
import { readIfThere, type JournalFiles } from './journal-files.ts'
import { JournalState, type OpenRequest } from './journal-state.ts'
import { readRecord } from './record.ts'
import { isSegmentName, type Place } from './segment.ts'

/** The requests that are running, as the journal knows them. May be asked while another process writes and drains it. */
export async function openInJournal(files: JournalFiles, checkpoint: Place | null): Promise<OpenRequest[]> {
  const state = new JournalState()
  const names = (await files.list()).filter((name) => isSegmentName(name) && name >= (checkpoint?.segment ?? ''))
  for (const name of names.toSorted()) {
    for (const piece of readFrames(await readIfThere(files, { name, position: 0 }))) {
      const record = piece.kind === 'frame' ? readRecord(piece) : null
      if (record) state.apply(record, { segment: name, position: 0, bytes: 0 })
    }
  }
  return [...state.open.values()]
}
