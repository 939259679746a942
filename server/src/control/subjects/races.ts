import type { racesApi } from '@paddock/contract/control/races'
import { isoInstant, type Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import { promoteByHand, rollBackByHand, stopByHand } from '../../races/live/by-hand.ts'
import type { RaceChoices } from '../../races/live/check-wanted.ts'
import { courseOf, type CoursePoint } from '../../races/live/course.ts'
import { duelPage } from '../../races/live/duels.ts'
import { exportPage } from '../../races/live/export.ts'
import { isOpen, type LiveRace } from '../../races/live/live-race.ts'
import { promotedSpans } from '../../races/live/promoted.ts'
import { noteRaceOf, readProposals } from '../../races/live/proposals.ts'
import { findRace, racePage, readRaces } from '../../races/live/race-rows.ts'
import type { Referee } from '../../races/live/referee.ts'
import { startRace } from '../../races/live/start.ts'
import { statusOf, surveyOf } from '../../races/live/status.ts'
import type { RaceDatabase } from '../../races/live/tables.ts'
import { brokenVerdict, verdictPage } from '../../races/live/verdict-chain.ts'
import type { Leads } from '../../routing/leads.ts'
import { nameActor, type Actor } from '../actor.ts'
import { cutPage } from '../cut-page.ts'
import type { DatasetJobs } from '../dataset-jobs.ts'
import { notFound, type Handlers } from '../handlers.ts'
import { detailOf, summaryOf, triallingOf } from '../race-views.ts'
import { savingRow, savingsOf, type SavingsParts } from '../savings.ts'
import { plannedRace, wantedRace, type Wanting } from '../wanted-race.ts'

export type RacesParts = SavingsParts & {
  readonly clock: Clock
  readonly races: RaceDatabase
  readonly leads: Leads
  /** What may be raced now. */
  readonly choices: () => Omit<RaceChoices, 'leads'>
  readonly onVerdict: Referee['onVerdict']
  readonly datasets: DatasetJobs
}

/** Courses of races that have ended never change, and take a second to work out. */
const COURSES_KEPT_MAX = 50

const TEXT_NOTE =
  'Questions and answers are not kept: neither the books nor a race store what people write. A race on a dataset keeps both, in its report.'

type Subject = Handlers<typeof racesApi>

export function racesHandlers(parts: RacesParts): Subject {
  return { ...lookHandlers(parts), ...actHandlers(parts), ...datasetHandlers(parts) }
}

type Look = 'list' | 'find' | 'proposals' | 'verdicts' | 'verify' | 'duels' | 'export'

function lookHandlers(parts: RacesParts): Pick<Subject, Look> {
  const { races } = parts
  const detail = detailer(parts)
  return {
    list: async ({ query: { limit, after, state, route } }) => {
      const found = await racePage(races, { state, route, below: after, limit: limit + 1 })
      const { page, next } = cutPage(found, limit, ({ id }) => id)
      return { items: page.map(summaryOf), next }
    },
    find: async ({ params }) => detail(await need(races, params.id)),
    proposals: async ({ query: { open } }) => {
      const all = (await readProposals(races)).toReversed()
      return { items: all.filter(({ race }) => open === undefined || (race === null) === open) }
    },
    verdicts: async ({ query: { limit, after, race } }) => {
      const found = await verdictPage(races, { race, below: readNumber(after), limit: limit + 1 })
      const { page, next } = cutPage(found, limit, ({ seq }) => String(seq))
      return { items: page, next }
    },
    verify: async () => {
      const broken = await brokenVerdict(races)
      const [last] = await verdictPage(races, { limit: 1 })
      return { ok: broken === null, verdicts: Number(last?.seq ?? 0n), head: last?.hash ?? null, broken }
    },
    duels: async ({ params, query: { limit, after, arm, rated } }) => {
      const { id } = await need(races, params.id)
      const found = await duelPage(races, { race: id, arm, rated, below: readNumber(after), limit: limit + 1 })
      const { page, next } = cutPage(found, limit, ({ position }) => String(position))
      return { items: page, next, text: 'not kept', text_note: TEXT_NOTE }
    },
    export: async ({ params, query }) => {
      const { items, next } = await exportPage(races, await need(races, params.id), query.after ?? null)
      return { items: items.map((item) => withoutSeed({ ...item })), next }
    },
  }
}

function actHandlers(parts: RacesParts): Pick<Subject, 'plan' | 'start' | 'stop' | 'promote' | 'rollBack'> {
  const { clock, races, leads } = parts
  const referee: Referee = { tables: races, clock, leads, onVerdict: parts.onVerdict }
  const wanting = async (): Promise<Wanting> => {
    await leads.refresh()
    return { ...parts.choices(), leads, tables: races, now: clock.now() }
  }
  return {
    plan: async ({ body }) => triallingOf(await plannedRace(await wanting(), body)),
    start: async ({ actor, body, note }) => {
      const { wanted, proposal } = await wantedRace(await wanting(), body)
      const race = await startRace({ tables: races, clock, actor: nameOf(actor) }, wanted)
      if (proposal !== null) await noteRaceOf(races, proposal.id, race.id)
      note({ target: race.id, after: summaryOf(race) })
      return summaryOf(race)
    },
    stop: async ({ actor, params, body, note }) => {
      const race = await need(races, params.id)
      const after = await stopByHand(referee, race, { actor: nameOf(actor), ...reasonIn(body) })
      note({ before: summaryOf(race), after: summaryOf(after) })
      return summaryOf(after)
    },
    promote: async ({ actor, params, body, note }) => {
      const race = await need(races, params.id)
      const evidence = await statusOf(race, { tables: races, prices: parts.choices().prices, now: clock.now() })
      const by = { actor: nameOf(actor), ...reasonIn(body), evidence, challenger: body.challenger ?? null }
      const after = await promoteByHand(referee, race, by)
      note({ before: summaryOf(race), after: summaryOf(after) })
      return summaryOf(after)
    },
    rollBack: async ({ actor, params, body, note }) => {
      const race = await need(races, params.id)
      const after = await rollBackByHand(referee, race, { actor: nameOf(actor), ...reasonIn(body) })
      note({ before: summaryOf(race), after: summaryOf(after) })
      return summaryOf(after)
    },
  }
}

function datasetHandlers({
  clock,
  datasets,
}: RacesParts): Pick<Subject, 'datasets' | 'startDataset' | 'dataset' | 'stopDataset'> {
  return {
    datasets: async () => ({ items: await datasets.list() }),
    startDataset: async ({ actor, body, note }) => {
      const job = await datasets.start(actor.organisationId, body)
      note({ target: job.id, after: job })
      return job
    },
    dataset: async ({ params }) => ({ ...(await datasets.find(params.id)), as_of: isoInstant(clock.now()) }),
    stopDataset: ({ params }) => datasets.stop(params.id),
  }
}

async function need(races: RaceDatabase, id: string): Promise<LiveRace> {
  const race = await findRace(races, id)
  if (race === null) throw notFound('race', id)
  return race
}

function detailer(parts: RacesParts): (race: LiveRace) => Promise<Awaited<ReturnType<typeof detailWith>>> {
  const courses = new Map<string, CoursePoint[]>()
  return (race) => detailWith(parts, race, courses)
}

async function detailWith(parts: RacesParts, race: LiveRace, courses: Map<string, CoursePoint[]>) {
  const { races, clock } = parts
  const now = clock.now()
  const survey = await surveyOf(race, { tables: races, prices: parts.choices().prices, now })
  const course = courses.get(race.id) ?? (await courseOf(race, survey.record, now))
  if (!isOpen(race) && courses.size < COURSES_KEPT_MAX) courses.set(race.id, course)
  const promoted = promotedSpans(await readRaces(races), now).filter((each) => each.race === race.id)
  const [saving] = await savingsOf(parts, promoted, { span: { from: race.startedAt, to: now }, whose: {} })
  return { ...detailOf(race, survey), course, saving: saving ? savingRow(saving) : null }
}

/** With the seed, those who took part could be found again. */
function withoutSeed(item: Record<string, unknown>): Record<string, unknown> {
  if (item['kind'] !== 'race') return item
  const { seed: _, ...config } = item['config'] as Record<string, unknown>
  return { ...item, config }
}

function nameOf(actor: Actor): string {
  return nameActor(actor).name
}

function reasonIn({ reason }: { readonly reason?: string | undefined }): { readonly reason?: string } {
  return reason === undefined ? {} : { reason }
}

function readNumber(after: string | undefined): bigint | undefined {
  if (after === undefined) return undefined
  if (/^\d{1,18}$/.test(after)) return BigInt(after)
  throw new PaddockError('field_invalid', { message: '/after: take "next" of the page before.', param: '/after' })
}
