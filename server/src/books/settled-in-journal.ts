import { readFrames } from './frame.ts'
import { readIfThere, type JournalFiles } from './journal-files.ts'
import { readSettle } from './record.ts'
import { isSegmentName, type Place } from './segment.ts'

/** The ids of all requests settled after a place in the journal. May be asked while another process writes and drains it. */
export async function settledInJournal(files: JournalFiles, after: Place | null): Promise<string[]> {
  const from = after ?? { segment: '', position: 0 }
  const names = (await files.list()).filter((name) => isSegmentName(name) && name >= from.segment)
  const ids: string[] = []
  for (const name of names.toSorted()) {
    const position = name === from.segment ? from.position : 0
    for (const piece of readFrames(await readIfThere(files, { name, position }))) {
      const entry = piece.kind === 'frame' ? readSettle(piece) : null
      if (entry) ids.push(entry.id)
    }
  }
  return ids
}
