import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { addMonths, monthOf } from '../../server/src/books/retention/month.ts'
import { entryRow } from '../../server/src/books/entry-row.ts'
import type { BooksTables } from '../../server/src/books/tables.ts'
import { startRace, usualRace } from '../../server/src/races/live/start.ts'
import { racesMigrations, type RacesTables } from '../../server/src/races/live/tables.ts'
import { routingMigrations } from '../../server/src/routing/leads.ts'
import { openStore } from '../../server/src/store/store.ts'
import { openWorkspace, type Workspace } from '../paddock.ts'
import { MovingClock } from '../stand-ins/moving-clock.ts'
import { openStoredBooksIn } from '../stand-ins/open-store.ts'
import { entryFor } from '../stand-ins/samples.ts'

const NOW = monthOf(Date.now(), 'UTC')
const month = (before: number): string => addMonths(NOW, -before)

/** An entry in each of the last six months, as a server of then would have left them. */
async function fill({ data }: Workspace): Promise<void> {
  mkdirSync(data, { recursive: true })
  await using books = await openStoredBooksIn(data)
  const rows = Array.from({ length: 6 }, (_, each) =>
    entryFor(`old-${each}`, { at: `${month(each)}-01T08:00:00.000Z` }),
  )
  books.ledger.write({
    rows: rows.map(entryRow).toReversed(),
    checkpoint: { segment: 'j-00000001-00000001.log', position: 0 },
    durable: true,
  })
}

type Verified = {
  readonly ok: boolean
  readonly entries: number
  readonly forgotten: number
  readonly complete_from: string
}

async function verify(workspace: Workspace): Promise<Verified> {
  return JSON.parse((await workspace.run(['books', 'verify', '--json'])).out) as Verified
}

describe('old entries', () => {
  it('[B70] [H40] stay for as long as an open race reads them', { timeout: 120_000 }, async () => {
    await using workspace = openWorkspace()
    await fill(workspace)
    const began = Date.parse(`${month(4)}-15T00:00:00Z`)
    const store = openStore(join(workspace.data, 'paddock.db'))
    await store.migrate({ ...racesMigrations, ...routingMigrations })
    const usual = usualRace({ route: 'chat', champion: 'a/m', challengers: ['b/m'], currency: 'CNY' })
    const starting = { tables: store.tables<RacesTables & BooksTables>(), clock: new MovingClock(began), actor: 'test' }
    const { id } = await startRace(starting, usual)
    await store.close()
    const forget = () => workspace.run(['books', 'forget', '--before', month(2)])
    expect((await forget()).err).toContain(`The latest month it takes today is ${month(4)}.`)
    expect(await verify(workspace)).toMatchObject({ ok: true, entries: 6 })
    expect((await workspace.run(['race', 'stop', id])).code).toBe(0)
    expect((await forget()).code).toBe(0)
    expect(await verify(workspace)).toMatchObject({ ok: true, entries: 3, forgotten: 3 })
  })

  it('[B70] are forgotten by a command, which leaves them alone while a server runs', async () => {
    await using workspace = openWorkspace()
    await fill(workspace)
    const forget = (...args: string[]) => workspace.run(['books', 'forget', ...args])
    const server = await workspace.serve()
    expect((await forget('--before', month(2))).code).toBe(73)
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)

    expect((await forget('--before', month(0))).err).toContain(`The latest month it takes today is ${month(1)}.`)
    const dry = await forget('--before', month(2), '--dry-run')
    expect(dry.out).toBe(`3 entries would be removed; those from ${month(2)}-01T00:00:00.000Z on would stay.\n`)
    const done = await forget('--before', month(2), '--archive', join(workspace.folder, 'kept'), '--json')
    expect(
      done.out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { month: string }).month),
    ).toEqual([month(5), month(4), month(3)])
    expect(readFileSync(join(workspace.folder, 'kept', `entries-${month(4)}.csv`), 'utf8')).toContain('old-4')
    expect(await verify(workspace)).toMatchObject({ ok: true, entries: 3, forgotten: 3 })

    const invoice = await workspace.run(['invoices', '--month', month(3)])
    expect([invoice.code, invoice.err]).toEqual([
      2,
      expect.stringContaining(`Entries are complete from ${month(2)}-01T00:00:00.000Z`),
    ])
    expect((await workspace.run(['books', 'entries'])).err).toContain('were forgotten; only their sums are left')
  })

  it('[B70] are forgotten by a server that is told how many months to keep', async () => {
    await using workspace = openWorkspace('')
    const archive = join(workspace.folder, 'kept')
    writeFileSync(join(workspace.folder, 'paddock.yaml'), `books: { keep_months: 3, archive: ${archive} }`)
    await fill(workspace)
    await workspace.serve()
    let verified = await verify(workspace)
    for (; verified.complete_from === null || verified.forgotten < 2; verified = await verify(workspace))
      await after(50)
    expect(verified).toEqual(
      expect.objectContaining({ ok: true, forgotten: 2, complete_from: `${month(3)}-01T00:00:00.000Z` }),
    )
    expect([month(5), month(4), month(3)].map((each) => existsSync(join(archive, `entries-${each}.csv`)))).toEqual([
      true,
      true,
      false,
    ])
  })
})
