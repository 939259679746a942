import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockFolder } from '../../store/lock.ts'
import { askOver, type Gate } from './ask.ts'
import { raceId, type RaceConfig } from './config.ts'
import type { Item } from './item.ts'
import { runRace, type RaceRun } from './race.ts'
import { buildReport, type Report } from './report.ts'
import { reportHtml } from './report-html.ts'
import { openTrialLog } from './trial-log.ts'

export type RunInFolder = Pick<RaceRun, 'config' | 'budget' | 'concurrency' | 'signal' | 'onProgress'> & {
  readonly folder: string
  /** In the order in which they are raced. */
  readonly items: readonly Item[]
  /** Asked for when the folder is this race's own: how many answers are there already. */
  readonly openGate: (known: number) => Promise<Gate & { close(): Promise<void> }>
}

export const REPORT = 'report.json'
export const REPORT_PAGE = 'report.html'
const TRIALS = 'trials.jsonl'

/** The folder of a race in the data folder: the same race always has the same one, so that it goes on where it was. */
export function raceFolder(dataFolder: string, config: RaceConfig): string {
  return join(dataFolder, 'races', raceId(config))
}

/** Runs a race, or goes on with it, and leaves its report beside its trials. Throws `data_in_use` where it runs already. */
export async function runInFolder({ folder, openGate, ...run }: RunInFolder): Promise<Report> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = lockFolder(folder)
  try {
    const log = await openTrialLog(join(folder, TRIALS))
    try {
      const gate = await openGate(log.trials.size)
      try {
        const race = { config: run.config, items: run.items, log }
        const report = buildReport(race, await runRace({ ...run, log, ask: askOver(gate) }))
        writeFileSync(join(folder, REPORT), `${JSON.stringify(report, null, 2)}\n`)
        writeFileSync(join(folder, REPORT_PAGE), reportHtml(report))
        return report
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
