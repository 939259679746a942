import { sql, type Migration } from 'kysely'

/** What the leagues keep. All of it can be made again from the entries, but for where members came from and what that cost. */
export type LeaguesTables = {
  /** Who was active, each with an ordinal: whole numbers from zero, given once and without gaps. */
  readonly league_members: MemberRow
  /** Who was active on a day, by what they used: blocks of ordinals, see block.ts. */
  readonly league_days: DayRow
  readonly league_sums: SumRow
  /** Up to which entry, by the order in which the ledger got them, everything is counted. */
  readonly league_progress: { readonly only: bigint; readonly entry: bigint; readonly zone: string }
  readonly league_channels: ChannelRow
  readonly league_spend: SpendRow
}

export type MemberRow = {
  readonly ordinal: bigint
  readonly organisation_id: string
  readonly member: string
  readonly first_day: bigint
}

export type DayRow = {
  readonly dimension: Dimension
  readonly value: string
  readonly block: bigint
  readonly day: bigint
  readonly members: Uint8Array
}

export type SumRow = {
  readonly dimension: Dimension
  readonly value: string
  readonly day: bigint
  readonly calls: bigint
  readonly tokens: bigint
}

export type ChannelRow = {
  readonly organisation_id: string
  readonly member: string
  readonly channel: string
  readonly day: bigint
}

export type SpendRow = {
  readonly day: bigint
  readonly channel: string
  readonly currency: string
  /** Whole units and the rest in 1e-12, as everywhere in the books. */
  readonly whole: bigint
  readonly pico: bigint
  /** Advertisements shown, where the import tells. */
  readonly ads: bigint
}

/** What activity is told apart by. `all` has one value, the empty text. */
export const DIMENSIONS = ['all', 'app', 'model', 'provider', 'team'] as const
export type Dimension = (typeof DIMENSIONS)[number]

export const leaguesMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-leagues': {
    up: async (database) => {
      for (const statement of CREATE) await sql.raw(statement).execute(database)
    },
  },
}

const CREATE = [
  `CREATE TABLE league_members (
    ordinal INTEGER PRIMARY KEY,
    organisation_id TEXT NOT NULL,
    member TEXT NOT NULL,
    first_day INTEGER NOT NULL,
    UNIQUE (organisation_id, member)
  ) STRICT`,
  'CREATE INDEX league_members_first ON league_members (first_day, ordinal)',
  `CREATE TABLE league_days (
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    block INTEGER NOT NULL,
    day INTEGER NOT NULL,
    members BLOB NOT NULL,
    UNIQUE (dimension, value, block, day)
  ) STRICT`,
  `CREATE TABLE league_sums (
    dimension TEXT NOT NULL,
    value TEXT NOT NULL,
    day INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    PRIMARY KEY (dimension, value, day)
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX league_sums_day ON league_sums (dimension, day)',
  `CREATE TABLE league_progress (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    entry INTEGER NOT NULL,
    zone TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE league_channels (
    organisation_id TEXT NOT NULL,
    member TEXT NOT NULL,
    channel TEXT NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, member)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE league_spend (
    day INTEGER NOT NULL,
    channel TEXT NOT NULL,
    currency TEXT NOT NULL,
    whole INTEGER NOT NULL,
    pico INTEGER NOT NULL CHECK (pico BETWEEN 0 AND 999999999999),
    ads INTEGER NOT NULL,
    PRIMARY KEY (day, channel, currency)
  ) STRICT, WITHOUT ROWID`,
]
