import type { EntryRow } from './entry-row.ts'
import { isBefore, type Place } from './segment.ts'

/** A row on its way to the ledger, with where its record begins and ends in the journal. */
type Handed = { readonly row: EntryRow; readonly segment: string; readonly start: number; readonly end: number }

/** What is kept in memory at most, the bytes as they are in the journal. A drain that is further behind reads its files. */
export type HandoverLimits = { readonly handedRowsMax: number; readonly handedBytesMax: number }

/**
 * Rows of what this process has just settled, so that the drain need not read back what was written a moment ago. It has
 * every entry of the journal from `from` on, in their order, or it is of no use: where there is no room, it begins anew.
 */
export class Handover {
  readonly #limits: HandoverLimits
  #from: Place
  #rows: Handed[] = []
  #bytes = 0

  /** `from`: where this process begins to write. */
  constructor(from: Place, limits: HandoverLimits) {
    this.#limits = limits
    this.#from = from
  }

  /** What was settled before this place has to be read from the journal's files. */
  get from(): Place {
    return this.#from
  }

  get size(): number {
    return this.#rows.length
  }

  /** Takes the row of a durable record. Without one, and without room, all up to the end of it is left to the files. */
  add(row: EntryRow | undefined, { segment, position, bytes }: Place & { readonly bytes: number }): void {
    const { handedRowsMax, handedBytesMax } = this.#limits
    const end = position + bytes
    if (row === undefined || this.#rows.length >= handedRowsMax || this.#bytes + bytes > handedBytesMax) {
      this.#from = { segment, position: end }
      this.#rows = []
      this.#bytes = 0
      return
    }
    this.#rows.push({ row, segment, start: position, end })
    this.#bytes += bytes
  }

  /** The first rows, and where the last of them ends; null where there are none. They stay until they are in the ledger. */
  first(count: number): { readonly rows: readonly EntryRow[]; readonly end: Place } | null {
    const handed = this.#rows.slice(0, count)
    const last = handed.at(-1)
    return last ? { rows: handed.map(({ row }) => row), end: { segment: last.segment, position: last.end } } : null
  }

  /** All before this place is in the ledger. */
  drained(place: Place): void {
    const index = this.#rows.findIndex(({ segment, start }) => !isBefore({ segment, position: start }, place))
    const gone = this.#rows.splice(0, index < 0 ? this.#rows.length : index)
    for (const { start, end } of gone) this.#bytes -= end - start
  }
}
