import type { BudgetEvent } from './budgets/alerts.ts'
import type { Place } from './segment.ts'

/** What the books tell whoever keeps the log. Each is told once per occasion, never once per request. */
export type BooksEvent =
  /** The last bytes before a crash were half a record; nobody had been told it was written. */
  | { readonly kind: 'torn_tail'; readonly place: Place; readonly bytes: number }
  /** Bytes that cannot be read, or cannot be brought into the ledger, were copied to `file` in the journal folder. */
  | {
      readonly kind: 'quarantined'
      readonly place: Place
      readonly bytes: number
      readonly file: string
      readonly cause: string
    }
  /** Requests that were being answered when the process died were settled at their hold. */
  | { readonly kind: 'orphans_settled'; readonly count: number }
  | { readonly kind: 'storage_full' }
  | { readonly kind: 'storage_back' }
  /** The journal cannot be written any more; nothing is accepted until the process is started again. */
  | { readonly kind: 'journal_failed'; readonly cause: unknown }
  /** The ledger takes no rows; it is tried again until it does. The journal keeps everything meanwhile. */
  | { readonly kind: 'drain_failed'; readonly cause: unknown }
  | { readonly kind: 'drain_resumed' }
  | BudgetEvent

export type OnBooksEvent = (event: BooksEvent) => void
