import type { EntryRow } from './entry-row.ts'
import type { AttemptStart, Entry, Intent, Progress } from './entry.ts'
import type { Frame, FrameBuffer } from './frame.ts'

/** The first record of every segment. A program that does not know the format must leave the journal alone. */
export type SegmentHead = { readonly format: number; readonly segment: string; readonly at: string }

/** What the journal holds. The open intents follow the head of a segment again, so older segments can be deleted. */
export type JournalRecord =
  | { readonly kind: 'head'; readonly value: SegmentHead }
  | { readonly kind: 'intent'; readonly value: Intent }
  | { readonly kind: 'attempt'; readonly value: AttemptStart }
  | { readonly kind: 'progress'; readonly value: ProgressMark }
  | SettleRecord

/** With the row of the entry, where this process has made it; it is not written. */
export type SettleRecord = { readonly kind: 'settle'; readonly value: Entry; readonly row?: EntryRow }

/** Progress with the instant it was noted: an orphan's last sign of life. */
export type ProgressMark = Progress & { readonly at: string }

export const JOURNAL_FORMAT = 1

const TYPES = { head: 1, intent: 2, attempt: 3, progress: 4, settle: 5 } as const
const KINDS = new Map<number, JournalRecord['kind']>(
  Object.entries(TYPES).map(([kind, type]) => [type, kind as JournalRecord['kind']]),
)

export function writeRecord(buffer: FrameBuffer, record: JournalRecord): { start: number; end: number } {
  return buffer.add(TYPES[record.kind], JSON.stringify(record.value))
}

/** The entry in a frame that settles one; null for any other, which is not even parsed. */
export function readSettle(frame: Frame): Entry | null {
  return frame.type === TYPES.settle ? (JSON.parse(frame.payload.toString('utf8')) as Entry) : null
}

/** The record in a frame. Its checksum held, so this is what was once written; only the type of a later version is null. */
export function readRecord(frame: Frame): JournalRecord | null {
  const kind = KINDS.get(frame.type)
  if (kind === undefined) return null
  return { kind, value: JSON.parse(frame.payload.toString('utf8')) } as JournalRecord
}
