import type { BillShape } from '@paddock/contract/bill-shape'
import type { Config } from '../base/config.ts'
import type { Clock } from '../base/clock.ts'
import type { EnteredBudget } from '../books/budgets/entered-budgets.ts'
import type { Charging } from '../books/charge.ts'
import type { OwnedBooks } from '../books/open-for-command.ts'
import type { BooksReader } from '../books/reader.ts'
import type { Pricing } from '../books/whatif/run.ts'
import type { Directory } from '../callers/directory.ts'
import type { PriceBook } from '../prices/book.ts'
import type { Output } from './output.ts'

/** What every command is handed: where to write, the time, and the parts of the system, opened only when asked for. */
export type CliContext = {
  readonly output: Output
  readonly clock: Clock
  config(options: CommonOptions): Config
  /** How providers write their bills. */
  billShapes(): readonly BillShape[]
  openPrices(options: CommonOptions): Promise<PriceBook>
  /** How entries are priced: the price book, the names in it, the rates of exchange, the rules of charges. */
  openPricing(options: CommonOptions): Promise<Pricing & { readonly charging: Charging }>
  /** The books for reading. When no server owns them, what a crash left in the journal is brought in first. */
  openBooks(options: CommonOptions): Promise<BooksReader>
  /** The books for writing corrections. Throws `data_in_use` while a server owns them. */
  openOwnedBooks(options: CommonOptions): Promise<OwnedBooks>
  /** Budgets that were made in the console. */
  enteredBudgets(options: CommonOptions): Promise<readonly EnteredBudget[]>
  openDirectory(options: CommonOptions): Promise<Directory & { close(): Promise<void> }>
}

/** Options every command has. */
export type CommonOptions = { readonly data?: string; readonly config?: string; readonly json?: boolean }
