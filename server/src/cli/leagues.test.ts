import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MovingClock } from '../../../tests/stand-ins/moving-clock.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { dayName } from '../leagues/day.ts'
import { openLeagues, type Leagues } from '../leagues/leagues.ts'
import { openStore } from '../store/store.ts'
import type { CliContext } from './context.ts'
import { leaguesCommand } from './leagues.ts'

/** The first and the last day that are asked about where none is named. */
async function daysAsked(now: string, zone: string): Promise<string[]> {
  using folder = tempFolder()
  const store = openStore(join(folder.path, 'paddock.db'))
  const days: string[] = []
  const leagues: Leagues = {
    ...openLeagues({ store, zone }),
    collect: () => Promise.resolve(0),
    channels: ({ from, to }) => {
      days.push(dayName(from), dayName(to - 1))
      return Promise.resolve([])
    },
  }
  const output = { terminal: false, line: () => undefined, json: () => undefined, table: () => undefined }
  const context = { clock: new MovingClock(Date.parse(now)), output } as unknown as CliContext
  const open = () => Promise.resolve({ ...leagues, close: () => store.close() })
  await leaguesCommand(context, open).exitOverride().parseAsync(['channels'], { from: 'user' })
  return days
}

it.each([
  ['2026-11-28T17:00:00Z', 'Asia/Shanghai', '2026-11-29'],
  ['2026-11-28T15:00:00Z', 'Asia/Shanghai', '2026-11-28'],
  ['2026-11-28T02:00:00Z', 'America/Los_Angeles', '2026-11-27'],
  ['2026-11-28T02:00:00Z', 'UTC', '2026-11-28'],
])('at %s today is where the days are counted: in %s the last day is %s', async (now, zone, last) => {
  const first = dayName(Date.parse(last) / 86_400_000 - 29)
  expect(await daysAsked(now, zone)).toEqual([first, last])
})
