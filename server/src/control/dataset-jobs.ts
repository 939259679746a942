import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnswerOf, BodyOf } from '@paddock/contract/control/endpoint'
import type { racesApi } from '@paddock/contract/control/races'
import { isoInstant, type Clock } from '../base/clock.ts'
import { asPaddockError, excerpt, PaddockError } from '../base/errors.ts'
import type { Directory } from '../callers/directory.ts'
import { formatPico, parsePico, type Pico } from '../money/fixed-point.ts'
import type { FxTable } from '../prices/fx.ts'
import { practice } from '../providers/practice/practice.ts'
import { isRaceId, raceId, type RaceConfig } from '../races/dataset/config.ts'
import { readDataset, shuffled, type Dataset } from '../races/dataset/item.ts'
import type { Progress } from '../races/dataset/race.ts'
import type { Report } from '../races/dataset/report.ts'
import { raceFolder, racesFolder, REPORT, runInFolder } from '../races/dataset/run-in-folder.ts'
import { notFound } from './handlers.ts'

/**
 * Races on the practice data in the background of a server. Each has a folder of its own, as those of the command line have;
 * whatever runs in no process is stopped, and the same start goes on where it was.
 */
export type DatasetJobs = {
  start(organisationId: string, wanted: Wanted): Promise<Job>
  /** Newest first. */
  list(): Promise<Job[]>
  find(id: string): Promise<{ readonly job: Job; readonly report: Record<string, unknown> | null }>
  stop(id: string): Promise<Job>
  /** Stops all that run, and resolves when they have ended. */
  close(): Promise<void>
}

type Wanted = BodyOf<typeof racesApi.startDataset>
export type Job = AnswerOf<typeof racesApi.startDataset>

export type DatasetJobsParts = {
  readonly clock: Clock
  readonly directory: Pick<Directory, 'createKey' | 'revokeKey'>
  readonly dataFolder: string
  /** Where the server reaches itself. */
  readonly url: () => string
  /** The shipped dataset, as JSON Lines. */
  readonly dataset: () => Promise<string>
  readonly currencyOf: (model: string) => string | null
  readonly fx: () => FxTable
  readonly isOffered: (model: string) => boolean
}

/** What is written down of a job when it starts. */
type Started = Pick<Job, 'id' | 'started_at' | 'champion' | 'challengers' | 'budget' | 'dataset'> & {
  readonly currency: string
}

type Live = {
  readonly started: Started
  readonly abort: AbortController
  progress: Pick<Job, 'done' | 'max' | 'spent' | 'bars'>
  readonly ended: Promise<void>
}

const DATASET = `${practice.id}:gsm8k`
const STARTED = 'job.json'
const PROBLEM = 'problem.json'
const KEY_LIVES_MS = 7 * 86_400_000
/** Each race reads the data and keeps all answers in memory. */
const RUNNING_MAX = 2
const NOTHING_DONE: Live['progress'] = { done: 0, max: 0, spent: null, bars: [] }

export function openDatasetJobs(parts: DatasetJobsParts): DatasetJobs {
  const live = new Map<string, Live>()
  const folder = racesFolder(parts.dataFolder)
  const jobOf = (id: string): Job | null => {
    const running = live.get(id)
    const started = running?.started ?? readJson<Started>(join(folder, id, STARTED))
    if (started === null) return null
    if (running) return { ...started, ...running.progress, state: 'running', verdict: null, problem: null }
    return endedJob(join(folder, id), started)
  }
  const need = (id: string): Job => {
    const job = isRaceId(id) ? jobOf(id) : null
    if (job === null) throw notFound('race on the practice data', id)
    return job
  }
  return {
    start: async (organisationId, wanted) => {
      const dataset = readDataset(DATASET, await parts.dataset())
      const config = configOf(parts, wanted, dataset)
      const id = raceId(config)
      if (live.has(id)) return need(id)
      if (live.size >= RUNNING_MAX)
        throw new PaddockError('already_there', {
          message: `${live.size} races on the practice data run already, and there may be ${RUNNING_MAX}. Stop one first.`,
        })
      live.set(id, begin({ parts, live, organisationId }, { id, wanted, config, dataset }))
      return need(id)
    },
    list: () => {
      const jobs = namesIn(folder)
        .filter(isRaceId)
        .flatMap((id) => jobOf(id) ?? [])
      return Promise.resolve(jobs.toSorted((one, other) => (one.started_at < other.started_at ? 1 : -1)))
    },
    find: (id) => {
      const job = need(id)
      const report = job.state === 'finished' ? readJson<Record<string, unknown>>(join(folder, id, REPORT)) : null
      return Promise.resolve({ job, report })
    },
    stop: async (id) => {
      need(id)
      live.get(id)?.abort.abort()
      await live.get(id)?.ended
      return need(id)
    },
    close: async () => {
      for (const { abort } of live.values()) abort.abort()
      await Promise.all([...live.values()].map(({ ended }) => ended))
    },
  }
}

type Around = { readonly parts: DatasetJobsParts; readonly live: Map<string, Live>; readonly organisationId: string }
type Beginning = {
  readonly id: string
  readonly wanted: Wanted
  readonly config: RaceConfig
  readonly dataset: Dataset
}

function begin({ parts, live, organisationId }: Around, { id, wanted, config, dataset }: Beginning): Live {
  const { champion, challengers, concurrency, budget = null } = wanted
  const folder = raceFolder(parts.dataFolder, config)
  const { currency } = config
  const started = { id, dataset: DATASET, champion, challengers, budget, currency }
  const now = isoInstant(parts.clock.now())
  const abort = new AbortController()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const written: Started = { ...started, started_at: readJson<Started>(join(folder, STARTED))?.started_at ?? now }
  writeFileSync(join(folder, STARTED), `${JSON.stringify(written, null, 2)}\n`)
  const run = async (): Promise<void> => {
    try {
      await runInFolder({
        folder,
        config,
        items: shuffled(dataset.items, config.seed),
        budget: budget === null ? null : parsePico(budget.amount),
        concurrency,
        signal: abort.signal,
        openGate: () => openGate(parts, organisationId),
        onProgress: (state) => {
          job.progress = progressOf(state, config)
        },
      })
      writeFileSync(join(folder, PROBLEM), 'null\n')
    } catch (cause) {
      // A server that stops may refuse a call that was about to be made: that is no failure of the race.
      if (abort.signal.aborted) return
      const { message } = asPaddockError(cause)
      writeFileSync(join(folder, PROBLEM), `${JSON.stringify({ message })}\n`)
    } finally {
      live.delete(id)
    }
  }
  const job: Live = { started: written, abort, progress: NOTHING_DONE, ended: Promise.resolve().then(run) }
  return job
}

/** A key of its own, so that the books say what was asked for the race. */
async function openGate({ directory, url, clock }: DatasetJobsParts, organisationId: string) {
  const expiresAt = clock.now() + KEY_LIVES_MS
  const { id, key } = await directory.createKey({
    name: 'race',
    organisationId,
    scopes: ['call'],
    models: null,
    expiresAt,
  })
  return {
    url: url(),
    key,
    close: async () => {
      await directory.revokeKey(id)
    },
  }
}

const ONE_UNIT = (10n ** 12n) as Pico

/** Refuses what could not be counted, before a call is made. Throws `argument_invalid`. */
function configOf(
  { isOffered, currencyOf, fx, clock }: DatasetJobsParts,
  wanted: Wanted,
  dataset: Dataset,
): RaceConfig {
  const { champion, challengers, margin, alpha, saving, seed, budget } = wanted
  const models = [champion, ...challengers]
  const stranger = models.find((model) => !model.startsWith(`${practice.id}/`) || !isOffered(model))
  if (stranger !== undefined)
    throw invalid(`"${excerpt(stranger)}" has no recorded answers. Take models of ${practice.id}: GET /api/models.`)
  if (new Set(models).size < models.length) throw invalid('Name each model once, and none of them the champion.')
  const currency = budget?.currency ?? currencyOf(champion) ?? 'USD'
  const others = new Set(models.flatMap((model) => currencyOf(model) ?? []).filter((own) => own !== currency))
  const rates = [...others].toSorted().map((own) => {
    const worth = fx().convert(ONE_UNIT, { from: own, to: currency, at: clock.now() })
    if (worth !== null) return [own, formatPico(worth)] as const
    throw invalid(
      `Some are priced in ${own} and the race counts in ${currency}: say what one ${own} is worth, by fx in paddock.yaml.`,
    )
  })
  return {
    dataset: { name: dataset.name, sha256: dataset.sha256, items: dataset.items.length },
    champion: { model: champion, copy: 0 },
    challengers: challengers.map((model) => ({ model, copy: 0 })),
    grader: 'numeric',
    margin,
    alpha,
    saving,
    currency,
    rates,
    seed,
  }
}

function progressOf({ scoreboard, items, spent }: Progress, { currency }: RaceConfig): Live['progress'] {
  return {
    done: items,
    max: scoreboard.trialsMax,
    spent: { amount: formatPico(spent as Pico), currency },
    bars: scoreboard.places().map(({ standing: { name, quality }, fate }) => ({
      model: name,
      fate,
      n: quality.n,
      difference: quality.n === 0 ? null : quality.mean,
      good_enough: quality.goodEnough.progress,
      too_bad: quality.tooBad.progress,
    })),
  }
}

/** What a folder says of a race that runs in this process no more. */
function endedJob(folder: string, { currency, ...started }: Started): Job {
  const problem = readJson<{ readonly message: string }>(join(folder, PROBLEM))?.message ?? null
  const report = readJson<Report>(join(folder, REPORT))
  if (report === null) {
    const state = problem === null ? 'stopped' : 'failed'
    return { ...started, ...NOTHING_DONE, state, verdict: null, problem }
  }
  const { verdict, items, spent_total: amount, challengers } = report
  const isStopped = verdict.kind === 'abort' && verdict.reason === 'stopped'
  return {
    ...started,
    state: problem === null ? (isStopped ? 'stopped' : 'finished') : 'failed',
    done: items.counted,
    max: items.max,
    spent: { amount, currency },
    bars: challengers.map(({ model, fate, n, difference, evidence }) => ({
      model,
      fate,
      n,
      difference: n === 0 ? null : difference,
      good_enough: evidence.good_enough.progress,
      too_bad: evidence.too_bad.progress,
    })),
    verdict: isStopped ? null : verdict,
    problem,
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw failure
  }
}

function readJson<Shape>(path: string): Shape | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Shape
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw failure
  }
}

function invalid(message: string): PaddockError {
  return new PaddockError('argument_invalid', { message })
}
