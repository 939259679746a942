import { noteArrival } from '../../leagues/channels.ts'
import { keyDigest, mintKey, publicPart } from '../../callers/key.ts'
import type { CallersTables } from '../../callers/tables.ts'
import { DAY_MS } from '../../prices/zone.ts'
import type { Store } from '../../store/store.ts'
import { CHANNELS, WORKLOADS, type Workload } from './company.ts'
import type { Seeded } from './seeded.ts'
import { DAYS_MAX, instantOf, progressAt, spanOf } from './story.ts'

export type Named = { readonly id: string; readonly name: string }

/** A workload with the rows of the directory that stand for it. */
export type Staffed = {
  readonly workload: Workload
  readonly organisation: Named
  readonly team: Named
  readonly keys: readonly Named[]
  /** What the programs call those who use them; who came first has the first place. */
  readonly people: readonly string[]
}

const BEFORE = instantOf('2024-04-01')
/** The higher, the more the first people ask and the less the last. */
const SKEW = 3
const TRIES_MAX = 20
/** Of all people, those who were there when the ninety days began. */
const AT_FIRST = 0.35

/**
 * Organisation, teams and keys as rows of the directory. Ids come from the seed; the keys' texts do not, and nobody
 * is shown them: entries were made with these keys, and no request can be.
 */
export async function staffCompany(store: Store, seeded: Seeded, pepper: Buffer): Promise<readonly Staffed[]> {
  const named = (name: string): Named => ({ id: seeded.id(BEFORE), name })
  const organisation = named('default')
  const teams = new Map([...new Set(WORKLOADS.map(({ team }) => team))].map((team) => [team, named(team)]))
  const staffed = WORKLOADS.map((workload) => ({
    workload,
    organisation,
    team: teams.get(workload.team) ?? organisation,
    keys: workload.keys.map(named),
    people: Array.from({ length: workload.people }, (_, index) => personName(workload, index)),
  }))
  await store
    .tables<CallersTables>()
    .transaction()
    .execute(async (tables) => {
      const common = { organisation_id: organisation.id, created_at: BigInt(BEFORE) }
      await tables
        .insertInto('organisations')
        .values({ ...organisation, created_at: common.created_at })
        .execute()
      await tables
        .insertInto('teams')
        .values([...teams.values()].map((team) => ({ ...team, ...common })))
        .execute()
      const keys = staffed.flatMap(({ team, keys }) =>
        keys.map((key) => keyRow({ ...common, ...key, team_id: team.id }, pepper)),
      )
      await tables.insertInto('keys').values(keys).execute()
    })
  return staffed
}

function personName({ app }: Workload, index: number): string {
  return `${app.toLowerCase().replaceAll(' ', '-')}-${String(index + 1).padStart(4, '0')}`
}

type KeyOwner = Pick<CallersTables['keys'], 'id' | 'name' | 'organisation_id' | 'team_id' | 'created_at'>

function keyRow(owner: KeyOwner, pepper: Buffer) {
  const key = mintKey()
  return {
    ...owner,
    user_id: null,
    public_part: publicPart(key),
    digest: keyDigest(pepper, key),
    scopes: 'call',
    models: null,
    limits: null,
    budget: null,
    expires_at: null,
  }
}

/** One of the people; those who came first ask most. Many leave again, so whoever is drawn may be gone. */
export function drawPerson(people: readonly string[], at: number, seeded: Seeded): number | null {
  const arrived = people.length * (AT_FIRST + (1 - AT_FIRST) * progressAt(at))
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const index = Math.floor(arrived * seeded.fraction() ** SKEW)
    if (!hasLeft(index, people.length, at)) return index
  }
  return people.length === 0 ? null : 0
}

/** Of ten, three leave within a fortnight, two within two months, and five stay; the very first never leaves. */
const STAY_DAYS = [6, Infinity, 24, Infinity, 9, Infinity, 55, Infinity, 13, Infinity] as const

function hasLeft(index: number, people: number, at: number): boolean {
  const stay = index === 0 ? Infinity : (STAY_DAYS[index % STAY_DAYS.length] ?? Infinity)
  const { from, to } = spanOf(DAYS_MAX)
  // Those who were there at first came before, at the same pace.
  const came = from + ((index / people - AT_FIRST) / (1 - AT_FIRST)) * (to - from)
  return at > came + stay * DAY_MS
}

/** By which channel each of the people came. */
export function noteArrivals(store: Store, staffed: readonly Staffed[], seeded: Seeded): void {
  for (const { organisation, people } of staffed) {
    for (const person of people) {
      const channel = channelOf(seeded.below(100))
      noteArrival(store, { organisation: organisation.id, member: `end:${person}`, channel, day: 0 })
    }
  }
}

function channelOf(percent: number): string {
  let passed = 0
  const found = CHANNELS.find((each) => percent < (passed += each.percent)) ?? CHANNELS[0]
  return found.name
}
