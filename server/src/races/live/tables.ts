import type { RACE_STATES, VERDICT_KINDS } from '@paddock/contract/control/race-shapes'
import { sql, type Kysely, type Migration } from 'kysely'
import type { BooksTables } from '../../books/tables.ts'

/** What live races keep. Signals and verdicts are only ever added; trials are the entries of the ledger that name a race. */
export type RacesTables = {
  readonly races: RaceRow
  readonly race_signals: SignalRow
  readonly race_verdicts: VerdictRow
  readonly race_proposals: ProposalRow
}

/** Races read the ledger beside their own tables. */
export type RaceDatabase = Kysely<RacesTables & BooksTables>

export type RaceRow = {
  readonly id: string
  readonly route: string
  readonly state: RaceState
  /** JSON, frozen at the start, and its digest. */
  readonly config: string
  readonly config_sha256: string
  /** JSON, one phase behind the other. */
  readonly phases: string
  readonly started_at: bigint
  readonly ended_at: bigint | null
  /** Why it ended, or what it waits for. */
  readonly reason: string | null
  /** JSON: what became of it after a promotion; null before. */
  readonly promotion: string | null
  /** JSON: requests that were repeated, and those that were not, by reason. */
  readonly mirrored: string
}

export type RaceState = (typeof RACE_STATES)[number]

/** What somebody or something said of an answer. Of two signals of one reviewer about one trial the later counts. */
export type SignalRow = {
  readonly seq: bigint
  readonly id: string
  /** The request it is about. */
  readonly trial: string
  /** Null where that request was no trial. */
  readonly race: string | null
  readonly source: SignalSource
  readonly reviewer: string
  /** 0 to 1, or −1 to 1 where two answers were compared. */
  readonly value: number
  readonly comment: string | null
  readonly at: bigint
}

/** A canary says something of a judge, and nothing of an arm. */
export type SignalSource = 'user' | 'check' | 'judge' | 'canary'

/** Each row names the one before it, so that none can be changed or taken out unseen. */
export type VerdictRow = {
  readonly seq: bigint
  readonly id: string
  readonly race: string
  readonly at: bigint
  readonly kind: VerdictKind
  readonly challenger: string | null
  /** `referee`, or who gave the command. */
  readonly actor: string
  readonly reason: string
  /** JSON: what was known then. */
  readonly evidence: string
  readonly config_sha256: string
  readonly previous_hash: string
  readonly hash: string
}

/** What a fallen price suggested: kept, so that somebody can act on it later. */
export type ProposalRow = {
  readonly id: string
  readonly at: bigint
  readonly route: string
  readonly champion: string
  readonly challenger: string
  /** What the traffic of so many days would have cost less, by price alone: a decimal. */
  readonly saving: string
  readonly currency: string
  readonly days: bigint
  readonly percent: string
  /** The race that came of it; null while none has. */
  readonly race: string | null
}

export type VerdictKind = (typeof VERDICT_KINDS)[number]

export const racesMigrations: Readonly<Record<string, Migration>> = {
  '2026-11-28-races': {
    up: async (database) => {
      for (const statement of CREATE) await sql.raw(statement).execute(database)
    },
  },
  '2026-11-28-races-proposals': {
    up: async (database) => {
      await sql`CREATE TABLE race_proposals (
        id TEXT PRIMARY KEY NOT NULL, at BIGINT NOT NULL, route TEXT NOT NULL, champion TEXT NOT NULL,
        challenger TEXT NOT NULL, saving TEXT NOT NULL, currency TEXT NOT NULL, days BIGINT NOT NULL,
        percent TEXT NOT NULL, race TEXT)`.execute(database)
    },
  },
}

const CREATE = [
  `CREATE TABLE races (
    id TEXT PRIMARY KEY NOT NULL, route TEXT NOT NULL, state TEXT NOT NULL, config TEXT NOT NULL,
    config_sha256 TEXT NOT NULL, phases TEXT NOT NULL, started_at BIGINT NOT NULL, ended_at BIGINT, reason TEXT,
    promotion TEXT, mirrored TEXT NOT NULL)`,
  // Two races on one route would be each other's noise.
  `CREATE UNIQUE INDEX races_open ON races (route) WHERE state IN ('running', 'promotable', 'watching')`,
  `CREATE TABLE race_signals (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, trial TEXT NOT NULL, race TEXT,
    source TEXT NOT NULL, reviewer TEXT NOT NULL, value REAL NOT NULL, comment TEXT, at BIGINT NOT NULL)`,
  'CREATE INDEX race_signals_race ON race_signals (race, seq) WHERE race IS NOT NULL',
  'CREATE INDEX race_signals_trial ON race_signals (trial)',
  `CREATE TABLE race_verdicts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, race TEXT NOT NULL, at BIGINT NOT NULL,
    kind TEXT NOT NULL, challenger TEXT, actor TEXT NOT NULL, reason TEXT NOT NULL, evidence TEXT NOT NULL,
    config_sha256 TEXT NOT NULL, previous_hash TEXT NOT NULL UNIQUE, hash TEXT NOT NULL)`,
]
