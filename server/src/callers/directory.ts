import type { KeyBudgetSetting } from '@paddock/contract/budgets'
import type { KeyLimitSetting } from '@paddock/contract/config'
import type { Kysely, Selectable } from 'kysely'
import { isoInstant, type Clock } from '../base/clock.ts'
import { excerpt, PaddockError } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import type { Store } from '../store/store.ts'
import type { Caller, Scope } from './caller.ts'
import { keyDigest, mintKey, publicPart, type KeyText } from './key.ts'
import type { CallersTables } from './tables.ts'

/** How long a looked-up key is believed: what is changed or revoked counts within this time, in every process. */
const BELIEVED_MS = 2_000
/** Keys remembered at once. Unknown keys are not remembered, so guessing cannot push real ones out. */
const REMEMBERED_MAX = 50_000

const DEFAULT_ORGANISATION = 'default'
const DEFAULT_TEAM = 'default'

export type NewKey = {
  readonly name: string
  /** The first one if left out. */
  readonly organisationId?: string | undefined
  readonly team?: string | undefined
  readonly user?: string | undefined
  readonly scopes: readonly Scope[]
  readonly models: readonly string[] | null
  readonly expiresAt: number | null
  readonly limits?: KeyLimitSetting | null
  readonly budget?: KeyBudgetSetting | null
}

/** What of a key can be changed. A limit that is null is the key's own no more; what is left out stays. */
export type KeyChanges = {
  readonly limits: { readonly [Name in keyof KeyLimitSetting]: KeyLimitSetting[Name] | null }
  readonly budget?: KeyBudgetSetting | null | undefined
}

/** A key as it may be shown: everything but the secret, which is stored nowhere. */
export type KeyRow = {
  readonly id: string
  readonly name: string
  readonly public_part: string
  readonly organisation: string
  readonly organisation_id: string
  readonly team: string
  readonly team_id: string
  readonly user: string | null
  readonly scopes: readonly Scope[]
  readonly models: readonly string[] | null
  readonly limits: KeyLimitSetting | null
  readonly budget: KeyBudgetSetting | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

export type KeyFilter = {
  readonly organisationId: string
  readonly limit: number
  /** Only keys made before the one of this id. */
  readonly below?: string | undefined
  readonly id?: string | undefined
  /** By its id. */
  readonly team?: string | undefined
  readonly state?: 'active' | 'revoked' | 'expired' | undefined
}

/** SQLite takes so many values in a statement, and more. */
const IDS_AT_ONCE = 500

type IdName = { readonly id: string; readonly name: string }

/** A caller as it was looked up, and until when that is believed, on the clock that never jumps. */
export type Believed = { readonly caller: Caller; readonly until: number }

/** Organisations, teams, users and keys. */
export type Directory = {
  /** The caller a key stands for, or null. One indexed read at most. */
  lookup(key: KeyText): Promise<Believed | null>
  createKey(wanted: NewKey): Promise<{ id: string; key: KeyText }>
  listKeys(): Promise<KeyRow[]>
  /** Keys of one organisation, newest first. */
  keyPage(filter: KeyFilter): Promise<KeyRow[]>
  /** The names of keys and teams by their ids. */
  namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  teams(organisationId: string): Promise<{ readonly id: string; readonly name: string; readonly createdAt: number }[]>
  /** Accepts a key's id or its public part. Throws argument_invalid when there is none. */
  revokeKey(name: string): Promise<KeyRow>
  /** The same for changing one. */
  changeKey(name: string, changes: KeyChanges): Promise<KeyRow>
  /** The organisations and teams there are. */
  names(): Promise<Readonly<Record<'organisation' | 'team', readonly IdName[]>>>
  /** True until the first key exists. */
  isEmpty(): Promise<boolean>
}

export function openDirectory(options: { store: Store; clock: Clock; pepper: Buffer }): Directory {
  const { clock, pepper } = options
  const tables = options.store.tables<CallersTables>()
  const remembered = new Map<string, Believed>()
  // Made once: to make it takes as long as to run it, and with many keys every request asks.
  const byDigest = keysWithNames(tables).where('keys.digest', '=', Buffer.alloc(0)).compile()

  return {
    lookup: async (key) => {
      const digest = keyDigest(pepper, key)
      const name = digest.toString('base64')
      const known = remembered.get(name)
      if (known && known.until > clock.elapsed()) return known
      const { rows } = await tables.executeQuery<NamedKey>({ ...byDigest, parameters: [digest] })
      const [row] = rows
      remembered.delete(name)
      if (!row) return null
      const believed = { caller: asCaller(row), until: clock.elapsed() + BELIEVED_MS }
      if (remembered.size >= REMEMBERED_MAX) remembered.clear()
      remembered.set(name, believed)
      return believed
    },
    createKey: (wanted) => createKey(options, wanted),
    listKeys: () => listKeys(tables),
    keyPage: (filter) => keyPage(tables, filter, clock.now()),
    namesOf: (ids) => namesOf(tables, ids),
    teams: async (organisationId) => {
      const rows = await tables
        .selectFrom('teams')
        .selectAll()
        .where('organisation_id', '=', organisationId)
        .orderBy('name')
        .execute()
      return rows.map(({ id, name, created_at }) => ({ id, name, createdAt: Number(created_at) }))
    },
    revokeKey: (name) => revokeKey(tables, name, clock),
    changeKey: (name, changes) => changeKey(tables, name, changes),
    names: () => readNames(tables),
    isEmpty: async () => (await tables.selectFrom('keys').select('id').limit(1).executeTakeFirst()) === undefined,
  }
}

/** Keys with the names of whom they belong to. */
function keysWithNames(tables: Kysely<CallersTables>) {
  return tables
    .selectFrom('keys')
    .innerJoin('organisations', 'organisations.id', 'keys.organisation_id')
    .innerJoin('teams', 'teams.id', 'keys.team_id')
    .leftJoin('users', 'users.id', 'keys.user_id')
    .selectAll('keys')
    .select(['organisations.name as organisation', 'teams.name as team', 'users.name as user'])
}

type NamedKey = Selectable<CallersTables['keys']> & { readonly organisation: string; readonly team: string }

function asCaller(row: NamedKey): Caller {
  return {
    organisationId: row.organisation_id,
    organisationName: row.organisation,
    teamId: row.team_id,
    teamName: row.team,
    userId: row.user_id,
    keyId: row.id,
    keyName: row.name,
    scopes: row.scopes.split(' ') as Scope[],
    models: row.models === null ? null : row.models.split(' '),
    limits: row.limits === null ? null : (JSON.parse(row.limits) as KeyLimitSetting),
    budget: row.budget === null ? null : (JSON.parse(row.budget) as KeyBudgetSetting),
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
  }
}

async function createKey(
  { store, clock, pepper }: { store: Store; clock: Clock; pepper: Buffer },
  wanted: NewKey,
): Promise<{ id: string; key: KeyText }> {
  const key = mintKey()
  const id = newId(clock)
  await store.write(async (transaction: Kysely<CallersTables>) => {
    const named = { tables: transaction, clock }
    const organisationId =
      wanted.organisationId ?? (await ensure(named, 'organisations', { name: DEFAULT_ORGANISATION }))
    const of = { organisation_id: organisationId }
    const teamId = await ensure(named, 'teams', { ...of, name: wanted.team ?? DEFAULT_TEAM })
    const userId = wanted.user === undefined ? null : await ensure(named, 'users', { ...of, name: wanted.user })
    await transaction
      .insertInto('keys')
      .values({
        id,
        organisation_id: organisationId,
        team_id: teamId,
        user_id: userId,
        name: wanted.name,
        public_part: publicPart(key),
        digest: keyDigest(pepper, key),
        scopes: wanted.scopes.join(' '),
        models: wanted.models === null ? null : wanted.models.join(' '),
        limits: asJson(wanted.limits),
        budget: asJson(wanted.budget),
        created_at: BigInt(clock.now()),
        expires_at: wanted.expiresAt === null ? null : BigInt(wanted.expiresAt),
      })
      .execute()
  })
  return { id, key }
}

type Named = { name: string; organisation_id?: string }

/** The id of the row of this name, made now if there is none. */
async function ensure(
  { tables, clock }: { tables: Kysely<CallersTables>; clock: Clock },
  table: 'organisations' | 'teams' | 'users',
  row: Named,
): Promise<string> {
  let known = tables.selectFrom(table).select('id').where('name', '=', row.name)
  if (row.organisation_id !== undefined) known = known.where('organisation_id' as 'name', '=', row.organisation_id)
  const found = await known.executeTakeFirst()
  if (found) return found.id
  const id = newId(clock)
  await tables
    .insertInto(table)
    .values({ id, created_at: BigInt(clock.now()), ...row } as never)
    .execute()
  return id
}

async function listKeys(tables: Kysely<CallersTables>): Promise<KeyRow[]> {
  const rows = await keysWithNames(tables).orderBy('keys.created_at').orderBy('keys.id').execute()
  return rows.map(keyRowOf)
}

async function keyPage(tables: Kysely<CallersTables>, filter: KeyFilter, now: number): Promise<KeyRow[]> {
  const { organisationId, below, team, id, state, limit } = filter
  const at = BigInt(now)
  let query = keysWithNames(tables).where('keys.organisation_id', '=', organisationId)
  if (id !== undefined) query = query.where('keys.id', '=', id)
  if (below !== undefined) query = query.where('keys.id', '<', below)
  if (team !== undefined) query = query.where('keys.team_id', '=', team)
  if (state === 'revoked') query = query.where('keys.revoked_at', 'is not', null)
  if (state === 'expired') query = query.where('keys.revoked_at', 'is', null).where('keys.expires_at', '<=', at)
  if (state === 'active') {
    query = query
      .where('keys.revoked_at', 'is', null)
      .where((of) => of('keys.expires_at', 'is', null).or('keys.expires_at', '>', at))
  }
  const rows = await query.orderBy('keys.id', 'desc').limit(limit).execute()
  return rows.map(keyRowOf)
}

async function namesOf(tables: Kysely<CallersTables>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const some = ids.slice(from, from + IDS_AT_ONCE)
    for (const table of ['keys', 'teams'] as const) {
      const rows = await tables.selectFrom(table).select(['id', 'name']).where('id', 'in', some).execute()
      for (const { id, name } of rows) names.set(id, name)
    }
  }
  return names
}

function keyRowOf(row: NamedKey & { readonly user: string | null }): KeyRow {
  const { scopes, models, limits, budget, expiresAt, revokedAt } = asCaller(row)
  return {
    id: row.id,
    name: row.name,
    public_part: row.public_part,
    organisation: row.organisation,
    organisation_id: row.organisation_id,
    team: row.team,
    team_id: row.team_id,
    user: row.user,
    scopes,
    models,
    limits,
    budget,
    created_at: isoInstant(Number(row.created_at)),
    expires_at: expiresAt === null ? null : isoInstant(expiresAt),
    revoked_at: revokedAt === null ? null : isoInstant(revokedAt),
  }
}

/** Nothing, and nothing in particular, are kept as null. */
function asJson(setting: object | null | undefined): string | null {
  return !setting || Object.keys(setting).length === 0 ? null : JSON.stringify(setting)
}

async function findKey(tables: Kysely<CallersTables>, name: string): Promise<KeyRow> {
  const row = (await listKeys(tables)).find((each) => each.id === name || each.public_part === name)
  if (row) return row
  throw new PaddockError('argument_invalid', {
    message: `There is no key ${excerpt(name)}. "paddock keys list" shows ids and public parts; either will do.`,
  })
}

async function changeKey(tables: Kysely<CallersTables>, name: string, changes: KeyChanges): Promise<KeyRow> {
  const row = await findKey(tables, name)
  const merged = Object.entries({ ...row.limits, ...changes.limits }).filter(([, value]) => value !== null)
  const limits = asJson(Object.fromEntries(merged))
  const budget = changes.budget === undefined ? asJson(row.budget) : asJson(changes.budget)
  await tables.updateTable('keys').set({ limits, budget }).where('id', '=', row.id).execute()
  return findKey(tables, row.id)
}

async function readNames(tables: Kysely<CallersTables>): ReturnType<Directory['names']> {
  return {
    organisation: await tables.selectFrom('organisations').select(['id', 'name']).execute(),
    team: await tables.selectFrom('teams').select(['id', 'name']).execute(),
  }
}

async function revokeKey(tables: Kysely<CallersTables>, name: string, clock: Clock): Promise<KeyRow> {
  const row = await findKey(tables, name)
  if (row.revoked_at !== null) return row
  const now = clock.now()
  await tables
    .updateTable('keys')
    .set({ revoked_at: BigInt(now) })
    .where('id', '=', row.id)
    .execute()
  return { ...row, revoked_at: isoInstant(now) }
}
