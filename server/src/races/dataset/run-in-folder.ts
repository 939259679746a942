import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from '../../store/lock.ts'
import { askOver, type Gate } from './ask.ts'
import { raceId, type RaceConfig } from './config.ts'
import type { Item } from './item.ts'
import { sheetsFor } from './people.ts'
import { runRace, type Finished, type RaceRun } from './race.ts'
import { buildReport, type People, type Report } from './report.ts'
import { reportHtml } from './report-html.ts'
import { openTrialLog } from './trial-log.ts'

export type RunInFolder = Pick<RaceRun, 'config' | 'budget' | 'concurrency' | 'signal' | 'onProgress'> & {
  readonly folder: string
  /** In the order in which they are raced. */
  readonly items: readonly Item[]
  /** Whether people read a share of what a judge compares, and what they have said. */
  readonly people?: People | null
  /** Asked for when the folder is this race's own: how many answers are there already. */
  readonly openGate: (known: number) => Promise<Gate & { close(): Promise<void> }>
}

export type RanInFolder = {
  readonly report: Report
  /** How many pairs lie in `TO_LABEL` for people to read; null where nobody is asked. */
  readonly toLabel: number | null
}

export const REPORT = 'report.json'
export const REPORT_PAGE = 'report.html'
export const TO_LABEL = 'to-label.jsonl'
const TRIALS = 'trials.jsonl'

/** Where the folders of races lie, each called by the id of its race. */
export function racesFolder(dataFolder: string): string {
  return join(dataFolder, 'races')
}

/** The folder of a race: the same race always has the same one, so that it goes on where it was. */
export function raceFolder(dataFolder: string, config: RaceConfig): string {
  return join(racesFolder(dataFolder), raceId(config))
}

/** Runs a race, or goes on with it, and leaves its report beside its trials. Throws `data_in_use` where it runs already. */
export async function runInFolder({ folder, openGate, people = null, ...run }: RunInFolder): Promise<RanInFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockFolder(folder)
  try {
    const log = await openTrialLog(join(folder, TRIALS))
    try {
      const gate = await openGate(log.trials.size)
      try {
        const race = { config: run.config, items: run.items, log, people }
        const finished = await runRace({ ...run, log, labels: people?.labels, ask: askOver(gate) })
        const report = buildReport(race, finished)
        writeFileSync(join(folder, REPORT), `${JSON.stringify(report, null, 2)}\n`)
        writeFileSync(join(folder, REPORT_PAGE), reportHtml(report))
        return { report, toLabel: writeSheets(folder, race, finished) }
      } finally {
        await gate.close()
      }
    } finally {
      await log.close()
    }
  } finally {
    lock.release()
  }
}

type Judged = Pick<RaceRun, 'config' | 'items' | 'log'> & { readonly people: People | null }

/** What people are to read of what a judge has compared. */
function writeSheets(folder: string, race: Judged, { judging }: Finished): number | null {
  if (race.people === null || judging === null) return null
  const sheets = sheetsFor(judging.pairs, race, race.people.share)
  writeFileSync(join(folder, TO_LABEL), sheets.map((sheet) => `${JSON.stringify(sheet)}\n`).join(''))
  return sheets.length
}
