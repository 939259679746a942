import { PaddockError } from '../base/errors.ts'
import type { OnBooksEvent } from './event.ts'
import { readFrames, type Frame } from './frame.ts'
import type { JournalFiles } from './journal-files.ts'
import type { JournalState } from './journal-state.ts'
import { UNREADABLE, type Quarantine } from './quarantine.ts'
import { JOURNAL_FORMAT, readRecord } from './record.ts'
import { bootOf, isBefore, isSegmentName, type Place, type Segment } from './segment.ts'

export type RecoverOptions = {
  readonly files: JournalFiles
  /** Up to where the ledger has everything. */
  readonly checkpoint: Place | null
  /** Filled with what is found. */
  readonly state: JournalState
  readonly quarantine: Quarantine
  readonly onEvent: OnBooksEvent
}

/** What earlier runs left: their segments, and the number this run takes. */
export type Recovered = { readonly segments: readonly Segment[]; readonly boot: number }

/**
 * Reads the journal from the checkpoint's segment on, whose head says what was open there. It changes nothing in the
 * segments, so a crash in the middle of it, or doing it twice, makes no difference.
 */
export async function recover(options: RecoverOptions): Promise<Recovered> {
  const { files, checkpoint } = options
  const first = checkpoint?.segment ?? ''
  const names = (await files.list()).filter(isSegmentName).toSorted()
  // These were drained, and their deletion cut short.
  for (const name of names.filter((each) => each < first)) await files.remove(name)
  const current = names.filter((each) => each >= first)
  const segments: Segment[] = []
  for (const [index, name] of current.entries()) {
    const isLastOfBoot = bootOf(current[index + 1] ?? '') !== bootOf(name)
    segments.push({ name, end: await readSegment(name, { ...options, isLastOfBoot }) })
  }
  return { segments, boot: Math.max(bootOf(first), ...names.map(bootOf)) + 1 }
}

type ReadOptions = RecoverOptions & {
  /** Only there can a write have been cut short; anywhere else half a record is damage. */
  readonly isLastOfBoot: boolean
}

/** Takes note of every record of a segment; returns where its last whole one ends. */
async function readSegment(name: string, options: ReadOptions): Promise<number> {
  const bytes = await readFile(options.files, name)
  for (const piece of readFrames(bytes)) {
    const place = { segment: name, position: piece.start }
    if (piece.kind === 'frame') {
      noteRecord(piece, place, options)
    } else if (piece.kind === 'torn' && options.isLastOfBoot) {
      options.onEvent({ kind: 'torn_tail', place, bytes: piece.end - piece.start })
      return piece.start
    } else {
      await options.quarantine.keep(place, bytes.subarray(piece.start, piece.end), UNREADABLE)
    }
  }
  return bytes.length
}

async function readFile(files: JournalFiles, name: string): Promise<Buffer> {
  await using file = await files.open(name)
  return file.read(0, await file.size())
}

function noteRecord(frame: Frame, place: Place, { state, checkpoint }: ReadOptions): void {
  const record = readRecord(frame)
  if (record === null) return
  if (record.kind === 'head' && record.value.format !== JOURNAL_FORMAT) throw foreignFormat(place, record.value.format)
  state.apply(record, { ...place, bytes: frame.end - frame.start })
  const isInLedger = checkpoint !== null && isBefore(place, checkpoint)
  if (record.kind === 'settle' && isInLedger) state.drained([record.value])
}

function foreignFormat({ segment }: Place, format: number): PaddockError {
  return new PaddockError('data_unusable', {
    message: `The journal segment ${segment} has format ${format}; this version reads format ${JOURNAL_FORMAT}. Start the version that wrote it.`,
  })
}
