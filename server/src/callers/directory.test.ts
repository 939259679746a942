import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { runElsewhere, sourceUrl } from '../../../tests/stand-ins/run-elsewhere.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { systemClock } from '../base/clock.ts'
import { openStore } from '../store/store.ts'
import { openDirectory } from './directory.ts'
import { callersMigrations } from './tables.ts'

const PROCESSES = 3
const KEYS = 40

/** Makes keys of new teams as fast as it can. */
const SCRIPT = `
  import { systemClock } from '${sourceUrl('server/src/base/clock.ts')}'
  import { openDirectory } from '${sourceUrl('server/src/callers/directory.ts')}'
  import { openStore } from '${sourceUrl('server/src/store/store.ts')}'
  const [path, name] = process.argv.slice(1)
  const store = openStore(path)
  const directory = openDirectory({ store, clock: systemClock, pepper: Buffer.alloc(32) })
  for (let each = 0; each < ${KEYS}; each++) {
    const wanted = { name, team: 'team-' + each, scopes: ['call'], models: null, expiresAt: null }
    process.stdout.write((await directory.createKey(wanted)).id + '\\n')
  }
  await store.close()`

it('makes keys in several processes at the same instant, and each team once', async () => {
  using folder = tempFolder()
  const path = join(folder.path, 'paddock.db')
  const store = openStore(path)
  await store.migrate(callersMigrations)
  const running = Array.from({ length: PROCESSES }, (_, each) => runElsewhere(SCRIPT, path, `process-${each}`))
  const made = await Promise.all(
    running.map(async (child) => {
      const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
      return { code: code as number, ids: out.trim().split('\n') }
    }),
  )
  const directory = openDirectory({ store, clock: systemClock, pepper: Buffer.alloc(32) })
  const keys = await directory.listKeys()
  await store.close()
  expect(made.map(({ code }) => code)).toEqual(made.map(() => 0))
  expect(keys.map(({ id }) => id).toSorted()).toEqual(made.flatMap(({ ids }) => ids).toSorted())
  expect(keys).toHaveLength(PROCESSES * KEYS)
  expect(new Set(keys.map(({ team_id }) => team_id)).size).toBe(KEYS)
}, 60_000)
