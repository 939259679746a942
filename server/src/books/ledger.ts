import type { EntryRecord } from '@paddock/contract/entry'
import { USAGE_COUNTERS } from '@paddock/contract/usage'
import type { Kysely } from 'kysely'
import type { SqlValue } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { sumCharged, type Charged, type ChargedQuery } from './budgets/charged.ts'
import { entryOf, type EntryRow } from './entry-row.ts'
import { Rollup, ROLLUP_KEY, type RollupRow } from './rollup.ts'
import { CHECKED_COLUMNS } from './row-checksum.ts'
import type { Place } from './segment.ts'
import { booksMigrations, type BooksTables } from './tables.ts'
import { CELL_COUNTS, CELL_KEY, Cells, type CellRow } from './whatif/cells.ts'

/** The database half of the books. */
export type Ledger = {
  /** Up to where in the journal the ledger has everything; null before the first batch. */
  checkpoint(): Promise<Place | null>
  /**
   * Entries, their sums and the checkpoint, all or nothing. A row that is there already stays as it is and is not added
   * up again, so the same batch twice, or batches out of order, come to the same.
   */
  write(batch: LedgerBatch): void
  /** Resolves when all that was written would be there after a power cut, too. Nothing is written meanwhile. */
  secure(checkpoint: Place): Promise<void>
  /** Resolves when what was written ahead has become no more than it should be. Nothing is written meanwhile, as far as can be. */
  tidy(): Promise<void>
  find(id: string): Promise<EntryRecord | null>
  /** What was charged, and which of these requests are in the ledger: both of one state of it. */
  charged(query: ChargedQuery, ids: () => Iterable<string>): Promise<ChargedInLedger>
}

export type ChargedInLedger = { readonly charges: readonly Charged[]; readonly present: ReadonlySet<string> }

export type LedgerBatch = {
  readonly rows: readonly EntryRow[]
  readonly checkpoint: Place
  /** Whether it, and all before it, is on the disk when it is written: it is waited for. */
  readonly durable: boolean
}

/** Fewer are synced sooner than they are copied. */
const PAGES_TO_SECURE = 1_000
/** A page that was written often is copied once; and yet the log must not grow for as long as a segment of the journal lasts. */
const PAGES_AHEAD_MAX = 4_000

export async function openLedger(store: Store): Promise<Ledger> {
  await store.migrate(booksMigrations)
  const tables = store.tables<BooksTables>()
  const write = ({ rows, checkpoint, durable }: LedgerBatch): void => {
    store.batch({ durable }, (run) => {
      const added = rows.filter((row) => run(INSERT_ENTRY, valuesOf(row)) === 1)
      const [rollup, cells] = [new Rollup(), new Cells()]
      for (const row of added) {
        rollup.add(row)
        cells.add(row)
      }
      for (const row of rollup.rows()) run(ADD_TO_ROLLUP, valuesOf(row))
      for (const row of cells.rows()) run(ADD_TO_CELL, valuesOf(row))
      run(MOVE_CHECKPOINT, [checkpoint.segment, checkpoint.position])
    })
  }
  return {
    checkpoint: () => readCheckpoint(tables),
    write,
    secure: async (checkpoint) => {
      if (!(await store.bringHome(PAGES_TO_SECURE))) write({ rows: [], checkpoint, durable: true })
    },
    tidy: async () => {
      await store.bringHome(PAGES_AHEAD_MAX)
    },
    find: (id) => findEntry(tables, id),
    charged: (query, ids) => tables.transaction().execute((snapshot) => readCharged(snapshot, query, ids)),
  }
}

/** Sums first: what is asked about afterwards is then asked of the same state. */
async function readCharged(
  tables: Kysely<BooksTables>,
  query: ChargedQuery,
  ids: () => Iterable<string>,
): Promise<ChargedInLedger> {
  const charges = await sumCharged(tables, query)
  const present = new Set<string>()
  for (const id of ids()) {
    const row = await tables.selectFrom('entries').select('id').where('id', '=', id).executeTakeFirst()
    if (row) present.add(row.id)
  }
  return { charges, present }
}

export async function findEntry(tables: Kysely<BooksTables>, id: string): Promise<EntryRecord | null> {
  const row = await tables.selectFrom('entries').selectAll().where('id', '=', id).executeTakeFirst()
  return row ? entryOf(row) : null
}

export async function readCheckpoint(tables: Kysely<BooksTables>): Promise<Place | null> {
  const row = await tables.selectFrom('journal_checkpoint').selectAll().executeTakeFirst()
  return row ? { segment: row.segment, position: Number(row.position) } : null
}

/** In the order in which `entryRow` has them. */
export const ENTRY_COLUMNS = [...CHECKED_COLUMNS.entries, 'checksum'] as const satisfies readonly (keyof EntryRow)[]

const ROLLUP_COUNTS = ['requests', 'attempts', ...USAGE_COUNTERS] as const satisfies readonly (keyof RollupRow)[]

const ROLLUP_AMOUNTS = [
  'cost_whole',
  'cost_pico',
  'charge_whole',
  'charge_pico',
] as const satisfies readonly (keyof RollupRow)[]

/** In the order in which `Rollup` has them. */
export const ROLLUP_COLUMNS = [...ROLLUP_KEY, ...ROLLUP_COUNTS, ...ROLLUP_AMOUNTS]

/** In the order in which `Cells` has them. */
export const CELL_COLUMNS = [
  ...CELL_KEY,
  ...CELL_COUNTS,
  'cost_whole',
  'cost_pico',
] as const satisfies readonly (keyof CellRow)[]

const INSERT_ENTRY = `${insert('entries', ENTRY_COLUMNS)} ON CONFLICT (id) DO NOTHING`

/** Pairs are added with a carry, so that no column ever holds more than its own part of the amount. */
const ADD_TO_ROLLUP = `${insert('rollups', ROLLUP_COLUMNS)} ON CONFLICT (${ROLLUP_KEY.join(', ')}) DO UPDATE SET
  ${[...ROLLUP_COUNTS.map((name) => `${name} = ${name} + excluded.${name}`), addPair('cost'), addPair('charge')].join(',\n  ')}`

const ADD_TO_CELL = `${insert('price_cells', CELL_COLUMNS)} ON CONFLICT (${CELL_KEY.join(', ')}) DO UPDATE SET
  ${[...CELL_COUNTS.map((name) => `${name} = ${name} + excluded.${name}`), addPair('cost')].join(',\n  ')}`

/**
 * A batch that is late takes nothing back. The count makes every batch a change: a transaction that changes nothing is not
 * synced to the disk, however durable it was meant to be.
 */
const MOVE_CHECKPOINT = `INSERT INTO journal_checkpoint (only, segment, position, batches) VALUES (1, ?, ?, 1)
  ON CONFLICT (only) DO UPDATE SET batches = batches + 1,
  segment = max(segment, excluded.segment),
  position = CASE
    WHEN excluded.segment > segment THEN excluded.position
    WHEN excluded.segment < segment THEN position
    ELSE max(position, excluded.position)
  END`

function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

function addPair(name: 'cost' | 'charge'): string {
  const pico = `${name}_pico + excluded.${name}_pico`
  return `${name}_whole = ${name}_whole + excluded.${name}_whole + (${pico}) / 1000000000000, ${name}_pico = (${pico}) % 1000000000000`
}

/** The values of a row in the order of its columns. Asking for forty-six of them by their names takes longer than the database does. */
function valuesOf(row: EntryRow | RollupRow | CellRow): SqlValue[] {
  return Object.values(row)
}
