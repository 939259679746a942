import type { EntryRecord } from '@paddock/contract/entry'
import type { Entry } from '../books/entry.ts'

/** Tells whoever listens of every entry that was settled. */
export type EntryFeed = {
  publish(entry: Entry): void
  /** The function it gives ends listening. */
  listen(listener: (entry: EntryRecord) => void): () => void
}

export function openEntryFeed(): EntryFeed {
  const listeners = new Set<(entry: EntryRecord) => void>()
  return {
    publish: (entry) => {
      if (listeners.size === 0) return
      const record: EntryRecord = { kind: 'request', adjusts: null, reason: null, ...entry }
      for (const listener of listeners) listener(record)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
