import { join } from 'node:path'
import type { BudgetSetting } from '@paddock/contract/budgets'
import type { Clock } from '../../server/src/base/clock.ts'
import { openBooks, type Books } from '../../server/src/books/books.ts'
import type { Spend } from '../../server/src/books/budgets/budgets.ts'
import type { Bound, Convert, Hold, Short } from '../../server/src/books/budgets/hold.ts'
import { convertNothing } from '../../server/src/books/budgets/hold.ts'
import { readBudgetRules } from '../../server/src/books/budgets/rules.ts'
import type { BooksEvent } from '../../server/src/books/event.ts'
import { openStore } from '../../server/src/store/store.ts'
import { priceOutput } from './samples.ts'

export type BudgetedBooks = AsyncDisposable & {
  readonly books: Books
  readonly events: BooksEvent[]
  /** Puts other budgets in force, as a change of the configuration does. */
  change(settings: readonly BudgetSetting[]): void
  /** The bounds of a request once all that was spent in them is known. */
  known(spend: Spend): Promise<readonly Bound[]>
  /** A hold of so much in everything the request is under, or what falls short. */
  hold(id: string, spend: Spend, pico: bigint): Promise<Hold | Short>
}

type Options = { readonly folder: string; readonly clock: Clock; readonly convert?: Convert }

/** Real books on a real disk, with budgets. */
export async function openBudgetedBooks(
  settings: readonly BudgetSetting[],
  { folder, clock, convert = convertNothing }: Options,
): Promise<BudgetedBooks> {
  let rules = readBudgetRules(settings)
  const events: BooksEvent[] = []
  const store = openStore(join(folder, 'paddock.db'))
  const budgets = { rules: () => rules, convert }
  const books = await openBooks({
    folder,
    store,
    clock,
    price: priceOutput,
    budgets,
    onEvent: (event) => events.push(event),
  })
  const known = async (spend: Spend): Promise<readonly Bound[]> => {
    let bounds = books.budgets.bounds(spend)
    for (let loading = books.budgets.loading(bounds); loading; loading = books.budgets.loading(bounds)) {
      await loading
      bounds = books.budgets.bounds(spend)
    }
    return bounds
  }
  return {
    books,
    events,
    change: (changed) => {
      rules = readBudgetRules(changed)
    },
    known,
    hold: async (id, spend, pico) => {
      const bounds = await known(spend)
      const hold = books.budgets.open(id, bounds)
      const short = hold.raise(bounds.map(() => pico))
      if (short) hold.end()
      return short ?? hold
    },
    [Symbol.asyncDispose]: async () => {
      await books.close()
      await store.close()
    },
  }
}

/** A request of key k of team t, but for what a test changes. */
export function spendOf(changes: Partial<Spend> & { readonly at: number }): Spend {
  return {
    organisation: { id: 'org', name: 'org' },
    team: { id: 'team', name: 'search' },
    key: { id: 'key-1', name: 'laptop' },
    endUser: null,
    own: null,
    models: ['lab/small'],
    ...changes,
  }
}
