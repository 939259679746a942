import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { runElsewhere, sourceUrl } from '../../../tests/stand-ins/run-elsewhere.ts'
import { entryFor, money, priceOutput } from '../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { seeded } from '../../../tests/seed.ts'
import { systemClock } from '../base/clock.ts'
import { openStore } from '../store/store.ts'
import { openBooksForCommand } from './open-for-command.ts'

const KILLS = 8

/** Settles entries as fast as it can and says "intent ID" and "entry ID" for each that it was told is safe. */
const SCRIPT = `
  import { join } from 'node:path'
  import { systemClock } from '${sourceUrl('server/src/base/clock.ts')}'
  import { openBooks } from '${sourceUrl('server/src/books/books.ts')}'
  import { openStore } from '${sourceUrl('server/src/store/store.ts')}'
  import { entryFor, intentOf, priceOutput } from '${sourceUrl('tests/stand-ins/samples.ts')}'
  const [folder, run] = process.argv.slice(1)
  const store = openStore(join(folder, 'paddock.db'))
  const books = await openBooks({ folder, store, clock: systemClock, price: priceOutput })
  const client = async (name) => {
    for (let count = 0; ; count++) {
      const id = [run, name, count].join('-')
      await books.intend(intentOf(id))
      process.stdout.write('intent ' + id + '\\n')
      books.attempt({ id, provider: 'lab', model: 'small', started_at: '2024-05-21T12:00:00.003Z' })
      await books.settle(entryFor(id))
      process.stdout.write('entry ' + id + '\\n')
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, name) => client(name)))`

describe('[B19] a real process on a real disk, killed with -9', () => {
  it(`loses, doubles and changes nothing in ${KILLS} kills`, async () => {
    const random = seeded()
    using folder = tempFolder()
    const told: string[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const child = runElsewhere(SCRIPT, folder.path, `run${kill}`)
      const exited = once(child, 'exit')
      let lines = 0
      const linesMax = random.between(1, 3_000)
      for await (const line of createInterface(child.stdout)) {
        told.push(line)
        if (++lines === linesMax) child.kill('SIGKILL')
      }
      expect((await exited)[1]).toBe('SIGKILL')
    }

    const store = openStore(join(folder.path, 'paddock.db'))
    const reader = await openBooksForCommand({ folder: folder.path, store, clock: systemClock, price: priceOutput })
    const states = new Map<string, string>()
    for await (const { id, state, cost } of reader.entries()) {
      expect(states.has(id)).toBe(false)
      expect(cost).toEqual(state === 'orphan' ? money('4.096000000000', 'CNY') : entryFor(id).cost)
      states.set(id, state)
    }
    const verified = await reader.verify()
    await reader.close()

    const idsTold = (what: string): string[] =>
      told.filter((line) => line.startsWith(what)).map((line) => line.slice(what.length))
    const message = `seed ${random.seed}`
    expect(
      idsTold('entry ').filter((id) => states.get(id) !== 'ok'),
      message,
    ).toEqual([])
    expect(
      idsTold('intent ').filter((id) => !states.has(id)),
      message,
    ).toEqual([])
    expect(verified, message).toMatchObject({ ok: true, entries: states.size, undrained: 0, quarantined: 0 })
    // Some were in flight each time.
    expect([...states.values()].filter((state) => state === 'orphan').length, message).toBeGreaterThan(KILLS)
  }, 120_000)
})
