import type { JournalFiles } from '../journal-files.ts'
import type { JournalState } from '../journal-state.ts'
import type { Ledger } from '../ledger.ts'
import { readEntry } from '../read-entry.ts'
import type { ChargedSoFar } from './budgets.ts'
import type { Charged } from './charged.ts'
import { subjectName, subjectNames } from './subject.ts'
import { chargeOf, type Tally } from './tally.ts'

type Sources = { readonly ledger: Ledger; readonly files: JournalFiles; readonly state: JournalState }

/**
 * What was charged up to this moment, while requests go on: what the ledger has, and of what had been settled before, the
 * entries that it does not have yet. `ids` are of requests that were settled since, of which some may be in the ledger.
 */
export async function readCharges(
  sources: Sources,
  query: Tally['query'],
  ids: () => Iterable<string>,
): Promise<ChargedSoFar> {
  const undrained = new Map(sources.state.undrained)
  const { charges, present } = await sources.ledger.charged(query, () => [...undrained.keys(), ...ids()])
  const inJournal: Charged[] = []
  const included = new Set(present)
  const owner = subjectName(query.subject)
  for (const [id, place] of undrained) {
    if (present.has(id)) continue
    const entry = await readEntry(sources.files, place)
    // It was drained and its segment deleted since: the ledger has it by now.
    if (entry === null) return readCharges(sources, query, ids)
    const charge = chargeOf(entry)
    if (charge !== null && subjectNames(entry).includes(owner)) inJournal.push(charge)
    included.add(id)
  }
  return { charges: [...charges, ...inJournal], included }
}
