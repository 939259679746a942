import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { NO_USAGE } from '@paddock/contract/usage'
import { expect, it } from 'vitest'
import { entryRow } from '../../server/src/books/entry-row.ts'
import { openLedger } from '../../server/src/books/ledger.ts'
import { ensureDataFolder } from '../../server/src/store/data-folder.ts'
import { openStore } from '../../server/src/store/store.ts'
import { openWorkspace } from '../paddock.ts'
import { seeded } from '../seed.ts'
import { entryFor, money } from '../stand-ins/samples.ts'

const ENTRIES = 20_000
const KILLS = 6
const PROGRAM = join(import.meta.dirname, '..', '..', 'server', 'bin', 'paddock.js')

it('[B46] repricing killed with -9 again and again writes every correction once', { timeout: 300_000 }, async () => {
  const random = seeded()
  await using workspace = openWorkspace(
    'prices:\n  - { model: lab/small, currency: CNY, per: 1000000, input: "3", output: "1" }\n',
  )
  ensureDataFolder(workspace.data)
  const store = openStore(join(workspace.data, 'paddock.db'))
  const ledger = await openLedger(store)
  const usage = { ...NO_USAGE, input: 1_000_000 }
  const cost = money('2.000000000000', 'CNY')
  const rows = Array.from({ length: ENTRIES }, (_, index) =>
    entryRow(entryFor(`r${index}`, { usage, cost, charge: cost })),
  )
  ledger.write({ rows, checkpoint: { segment: 'j-00000001-00000001.log', position: 0 }, durable: true })
  await store.close()

  const reprice = ['books', 'reprice', '--from', '2024-01-01', '--json']
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = spawn(process.execPath, [PROGRAM, ...reprice], {
      cwd: workspace.folder,
      env: { PATH: process.env['PATH'] ?? '', PADDOCK_DATA: workspace.data },
    })
    const exited = once(child, 'exit')
    await after(random.between(400, 1_500))
    child.kill('SIGKILL')
    await exited
  }
  const message = `seed ${random.seed}`
  const last = await workspace.run(reprice)
  expect(last.code, `${message}: ${last.err}`).toBe(0)
  const again = await workspace.run(reprice)
  expect(JSON.parse(again.out), message).toMatchObject({ checked: ENTRIES, corrected: 0 })
  const { out } = await workspace.run(['books', 'verify', '--json'])
  expect(JSON.parse(out), message).toMatchObject({
    ok: true,
    entries: 2 * ENTRIES,
    totals: { CNY: `${3 * ENTRIES}.000000000000` },
  })
})
