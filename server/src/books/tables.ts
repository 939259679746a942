import { sql, type Kysely, type Migration } from 'kysely'
import type { EntryRow } from './entry-row.ts'
import type { PriceEventRow, PriceWatchRow } from './price-events.ts'
import { completeFrom, type ForgottenMonthRow } from './retention/mark.ts'
import { rebuildSums } from './rebuild.ts'
import type { RollupRow } from './rollup.ts'
import { CHECKED_COLUMNS } from './row-checksum.ts'
import type { CellRow } from './whatif/cells.ts'

/** The ledger's tables. Entries are never updated, and deleted by whole months only; rollups and cells are their sums; the checkpoint says up to where. */
export type BooksTables = {
  readonly entries: EntryRow
  readonly rollups: RollupRow
  readonly price_cells: CellRow
  readonly price_events: PriceEventRow
  readonly price_watch: PriceWatchRow
  readonly journal_checkpoint: CheckpointRow
  readonly forgotten_months: ForgottenMonthRow
}

export type CheckpointRow = {
  readonly only: bigint
  readonly segment: string
  readonly position: bigint
  readonly batches: bigint
}

export const booksMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-24-books': {
    up: async (database) => {
      for (const statement of CREATE) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-end-user': {
    up: async (database) => {
      for (const statement of ADD_END_USER) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-entries-extra': {
    up: async (database) => {
      await sql.raw('ALTER TABLE entries ADD COLUMN extra TEXT').execute(database)
    },
  },
  '2026-11-28-entries-trial': {
    up: async (database) => {
      for (const statement of ADD_TRIAL) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-corrections': {
    up: async (database) => {
      for (const statement of ADD_CORRECTIONS) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-entries-uncommon': {
    up: async (database) => {
      for (const statement of INDEX_UNCOMMON) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-price-cells': {
    up: async (database) => {
      await sql.raw(CREATE_CELLS).execute(database)
      await rebuildSums(database as Kysely<BooksTables>, { from: 0n })
    },
  },
  '2026-11-28-price-events': {
    up: async (database) => {
      for (const statement of CREATE_EVENTS) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-retention': {
    up: async (database) => {
      await sql.raw(CREATE_FORGOTTEN).execute(database)
    },
  },
  '2026-11-28-retry-loss': {
    up: async (database) => {
      await sql.raw(INDEX_LOST).execute(database)
      const tables = database as Kysely<BooksTables>
      const { rows } = await sql`SELECT id FROM entries WHERE instr(attempts, '"cost":') > 0 LIMIT 1`.execute(database)
      // Sums of before do not count what was lost.
      if (rows.length > 0) await rebuildSums(tables, { from: await completeFrom(tables) })
    },
  },
  '2026-11-28-row-checksums': {
    up: async (database) => {
      for (const table of Object.keys(CHECKED_COLUMNS))
        await sql`ALTER TABLE ${sql.table(table)} ADD COLUMN checksum INTEGER`.execute(database)
    },
  },
}

/** Every race reads its own entries, in the order in which the ledger got them. */
const ADD_TRIAL = [
  ...['race TEXT', 'arm TEXT', 'unit TEXT', 'phase INTEGER', 'mirror_of TEXT'].map(
    (column) => `ALTER TABLE entries ADD COLUMN ${column}`,
  ),
  'CREATE INDEX entries_race ON entries (race) WHERE race IS NOT NULL',
]
/**
 * Few entries did not end well, and few were made by races themselves: the ones are looked for, the others taken off where
 * sums are bills. A query finds them by these with the same words.
 */
const INDEX_UNCOMMON = [
  "CREATE INDEX entries_uncommon ON entries (state, at) WHERE state <> 'ok'",
  'CREATE INDEX entries_mirror ON entries (at) WHERE mirror_of IS NOT NULL',
]

const CREATE_FORGOTTEN = `CREATE TABLE forgotten_months (
    month TEXT PRIMARY KEY NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    digest TEXT NOT NULL,
    archive TEXT,
    archive_sha256 TEXT
  ) STRICT, WITHOUT ROWID`

/** Few entries have attempts that cost something beside the answer. A query finds them by this with the same words. */
const INDEX_LOST = `CREATE INDEX entries_lost ON entries (at) WHERE instr(attempts, '"cost":') > 0`

const CREATE_EVENTS = [
  `CREATE TABLE price_events (
    model TEXT NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (model, at)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE price_watch (
    model TEXT PRIMARY KEY NOT NULL,
    looked_at INTEGER NOT NULL,
    prices TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
]

const ADD_CORRECTIONS = [
  "ALTER TABLE entries ADD COLUMN kind TEXT NOT NULL DEFAULT 'request'",
  'ALTER TABLE entries ADD COLUMN adjusts TEXT',
  'ALTER TABLE entries ADD COLUMN reason TEXT',
  'CREATE INDEX entries_adjusts ON entries (adjusts) WHERE adjusts IS NOT NULL',
]

const CREATE_CELLS = `CREATE TABLE price_cells (
    cut TEXT NOT NULL,
    start INTEGER NOT NULL,
    organisation_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    route TEXT NOT NULL,
    cost_currency TEXT NOT NULL,
    practice INTEGER NOT NULL,
    input_above INTEGER NOT NULL,
    output_above INTEGER NOT NULL,
    context_above INTEGER NOT NULL,
    thinking INTEGER NOT NULL,
    extra INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cached_input INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost_whole INTEGER NOT NULL,
    cost_pico INTEGER NOT NULL CHECK (cost_pico BETWEEN 0 AND 999999999999),
    PRIMARY KEY (cut, start, organisation_id, team_id, key_id, provider, model, route, cost_currency, practice, input_above, output_above, context_above, thinking, extra)
  ) STRICT, WITHOUT ROWID`

const CREATE = [
  `CREATE TABLE entries (
    id TEXT PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    organisation_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    user_id TEXT,
    key_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    stream INTEGER NOT NULL,
    route TEXT,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    answered_model TEXT,
    provider_request_id TEXT,
    input INTEGER NOT NULL CHECK (input >= 0),
    cached_input INTEGER NOT NULL CHECK (cached_input >= 0),
    cache_write INTEGER NOT NULL CHECK (cache_write >= 0),
    cache_write_1h INTEGER NOT NULL CHECK (cache_write_1h >= 0),
    output INTEGER NOT NULL CHECK (output >= 0),
    reasoning INTEGER NOT NULL CHECK (reasoning >= 0),
    usage_source TEXT NOT NULL,
    usage_method TEXT NOT NULL,
    cost_pico INTEGER CHECK (cost_pico IS NULL OR typeof(cost_pico) = 'integer'),
    cost_currency TEXT,
    charge_pico INTEGER CHECK (charge_pico IS NULL OR typeof(charge_pico) = 'integer'),
    charge_currency TEXT,
    price_rows TEXT NOT NULL,
    priced_as_of INTEGER NOT NULL,
    practice INTEGER NOT NULL,
    app TEXT,
    first_byte_ms INTEGER,
    duration_ms INTEGER NOT NULL,
    attempts TEXT NOT NULL,
    attempt_count INTEGER NOT NULL
  ) STRICT`,
  'CREATE INDEX entries_at ON entries (at, id)',
  'CREATE INDEX entries_key ON entries (key_id, at)',
  'CREATE INDEX entries_model ON entries (model, at)',
  `CREATE TABLE rollups (
    grain TEXT NOT NULL,
    start INTEGER NOT NULL,
    organisation_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    route TEXT NOT NULL,
    state TEXT NOT NULL,
    cost_currency TEXT NOT NULL,
    charge_currency TEXT NOT NULL,
    practice INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    input INTEGER NOT NULL,
    cached_input INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    cost_whole INTEGER NOT NULL,
    cost_pico INTEGER NOT NULL CHECK (cost_pico BETWEEN 0 AND 999999999999),
    charge_whole INTEGER NOT NULL,
    charge_pico INTEGER NOT NULL CHECK (charge_pico BETWEEN 0 AND 999999999999),
    PRIMARY KEY (grain, start, organisation_id, team_id, key_id, provider, model, route, state, cost_currency, charge_currency, practice)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE journal_checkpoint (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    segment TEXT NOT NULL,
    position INTEGER NOT NULL,
    batches INTEGER NOT NULL
  ) STRICT`,
]

const ADD_END_USER = [
  'ALTER TABLE entries ADD COLUMN end_user TEXT',
  'CREATE INDEX entries_end_user ON entries (end_user, at) WHERE end_user IS NOT NULL',
]
