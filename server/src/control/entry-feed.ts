import type { EntryRecord } from '@paddock/contract/entry'

/** Tells whoever listens of every entry that was settled. */
export type EntryFeed = {
  publish(entry: EntryRecord): void
  /** The function it gives ends listening. */
  listen(listener: (entry: EntryRecord) => void): () => void
}

export function openEntryFeed(): EntryFeed {
  const listeners = new Set<(entry: EntryRecord) => void>()
  return {
    publish: (entry) => {
      for (const listener of listeners) listener(entry)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
