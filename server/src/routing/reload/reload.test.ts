import { EventEmitter } from 'node:events'
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../../tests/stand-ins/temp-folder.ts'
import { readConfig, type Config } from '../../base/config.ts'
import { PaddockError } from '../../base/errors.ts'
import { buildRoutingTable, type RoutingTable } from '../table.ts'
import { labProvider } from '../fixtures/lab.ts'
import { changedProviders } from './changed-providers.ts'
import { needsRestart } from './needs-restart.ts'
import { reloadable } from './reloadable.ts'
import { openReloader } from './reloader.ts'
import { startReloading } from './start-reloading.ts'
import { watchFile, type Machine } from './watch-file.ts'

/** A machine whose folder events and timers happen when the test says so. */
function labMachine(text: string | null = '') {
  const state = { text, pending: [] as (() => void)[], closed: false, event: (): void => undefined }
  const machine: Machine = {
    foldersOf: () => ['/etc/paddock'],
    watchFolder: (_folder, onEvent) => {
      state.event = onEvent
      return {
        close: () => {
          state.closed = true
        },
      }
    },
    readText: () => state.text,
    later: (act) => {
      state.pending.push(act)
      return () => {
        state.pending = state.pending.filter((each) => each !== act)
      }
    },
  }
  const quiet = (): void => {
    for (const act of state.pending.splice(0)) act()
  }
  return { machine, state, quiet }
}

describe('watching the configuration file', () => {
  it('[R22] tells of a change once, when the folder has come to rest', () => {
    const { machine, state, quiet } = labMachine('one')
    let changes = 0
    watchFile('/etc/paddock/paddock.yaml', () => (changes += 1), machine)
    state.text = 'half'
    state.event()
    state.text = 'two'
    state.event()
    expect([changes, state.pending.length]).toEqual([0, 1])
    quiet()
    expect(changes).toBe(1)
  })

  it('[R22] does not tell of other files in the folder, nor of the same text once more', () => {
    const { machine, state, quiet } = labMachine('one')
    let changes = 0
    watchFile('/etc/paddock/paddock.yaml', () => (changes += 1), machine)
    state.event()
    quiet()
    expect(changes).toBe(0)
  })

  it('[R22] says nothing more once it is closed', () => {
    const { machine, state, quiet } = labMachine('one')
    let changes = 0
    const watching = watchFile('/etc/paddock/paddock.yaml', () => (changes += 1), machine)
    state.text = 'two'
    state.event()
    watching.close()
    quiet()
    expect([changes, state.closed]).toEqual([0, true])
  })

  it.each<[string, (folder: string, file: string) => void]>([
    ['is written anew through its link', (_, file) => writeFileSync(file, 'two')],
    [
      'is replaced by another, as editors do',
      (folder, file) => {
        writeFileSync(join(folder, 'new'), 'two')
        renameSync(join(folder, 'new'), file)
      },
    ],
    [
      'is a link that leads through another link, as Kubernetes mounts it',
      (folder) => {
        mkdirSync(join(folder, 'version-2'))
        writeFileSync(join(folder, 'version-2', 'paddock.yaml'), 'two')
        symlinkSync('version-2', join(folder, 'next'))
        renameSync(join(folder, 'next'), join(folder, 'data'))
      },
    ],
  ])('[R22] notices on a real disk when the file %s', async (_how, change) => {
    using folder = tempFolder()
    const file = join(folder.path, 'paddock.yaml')
    mkdirSync(join(folder.path, 'version-1'))
    writeFileSync(join(folder.path, 'version-1', 'paddock.yaml'), 'one')
    symlinkSync('version-1', join(folder.path, 'data'))
    symlinkSync(join('data', 'paddock.yaml'), file)
    const noticed = new Promise<void>((resolve) => {
      const watching = watchFile(file, () => {
        watching.close()
        resolve()
      })
      change(folder.path, file)
    })
    await expect(noticed).resolves.toBeUndefined()
  })
})

describe('reloading', () => {
  it('[R22] swaps in what was built, and keeps what serves when building fails', async () => {
    const live = reloadable('first')
    const seen: string[] = []
    let built: () => string = () => 'second'
    const reload = openReloader({
      live,
      build: () => built(),
      onReloaded: ({ before, after }) => seen.push(`${before} → ${after}`),
      onRefused: ({ code, message }) => seen.push(`${code}: ${message}`),
    })
    await reload()
    built = () => {
      throw new PaddockError('config_invalid', { message: 'paddock.yaml:3:5: no' })
    }
    await reload()
    expect(live.current()).toBe('second')
    expect(seen).toEqual(['first → second', 'config_invalid: paddock.yaml:3:5: no'])
  })

  it('[R22] builds one at a time, and once more for what was asked meanwhile', async () => {
    const live = reloadable(0)
    const waiting: (() => void)[] = []
    let builds = 0
    const reload = openReloader({
      live,
      build: async () => {
        builds += 1
        const mine = builds
        await new Promise<void>((resolve) => waiting.push(resolve))
        return mine
      },
      onReloaded: () => undefined,
      onRefused: () => undefined,
    })
    const all = [reload(), reload(), reload()]
    expect(waiting).toHaveLength(1)
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect([builds, live.current()]).toEqual([2, 1])
    waiting.shift()?.()
    await Promise.all(all)
    expect([builds, live.current()]).toEqual([2, 2])
  })

  it('[R22] happens on SIGHUP too, until it is closed', async () => {
    const signals = new EventEmitter()
    const live = reloadable('first')
    const done = new Promise<string>((resolve) => {
      const reloading = startReloading({
        file: null,
        live,
        build: () => 'second',
        onReloaded: ({ after }) => {
          reloading.close()
          resolve(after)
        },
        onRefused: () => undefined,
        signals,
      })
    })
    signals.emit('SIGHUP')
    expect(await done).toBe('second')
    expect(signals.listenerCount('SIGHUP')).toBe(0)
  })
})

describe('a configuration that is reloaded', () => {
  const GOOD = 'routes:\n  - { name: chat, candidates: [{ model: a/m }] }\n'
  const providers = ['a', 'b'].map((id) => labProvider(id))

  async function reloadWith(text: string): Promise<{ leads: string; refused: string | null }> {
    using folder = tempFolder()
    const file = join(folder.path, 'paddock.yaml')
    const read = (): RoutingTable => {
      const { routes } = readConfig({ config: file }, {})
      return buildRoutingTable({ providers, routes, known: [] })
    }
    writeFileSync(file, GOOD)
    const live = reloadable(read())
    let refused: string | null = null
    const reload = openReloader({
      live,
      build: read,
      onReloaded: () => undefined,
      onRefused: ({ message }) => {
        refused = message.replaceAll(`${folder.path}/`, '')
      },
    })
    writeFileSync(file, text)
    await reload()
    return { leads: live.current().resolve('chat').targets[0].provider.facts.id, refused }
  }

  it('[R22] takes a good file', async () => {
    expect(await reloadWith(GOOD.replace('a/m', 'b/m'))).toEqual({ leads: 'b', refused: null })
  })

  it.each<[string, string, string]>([
    ['an unknown key', 'routs: []\n', 'paddock.yaml:1:8: : Unrecognized key: "routs"'],
    ['a tab', 'routes:\n\t- name: chat\n', 'paddock.yaml:2:1: '],
    ['a key twice', 'routes: []\nroutes: []\n', 'paddock.yaml:2:1: Map keys must be unique'],
    [
      'a variable that is not set',
      'routes:\n  - { name: "${NAME}", candidates: [{ model: a/m }] }\n',
      'paddock.yaml:2:13: the environment variable NAME is not set',
    ],
    [
      'a route that leads to itself',
      'routes:\n  - name: chat\n    candidates: [{ model: chat }]\n',
      'paddock.yaml:3:27: routes.0.candidates.0.model: Route chat names itself as a candidate.',
    ],
  ])('[R22] [R2] keeps the last good one where the file has %s', async (_what, text, refused) => {
    const after = await reloadWith(text)
    expect(after.leads).toBe('a')
    expect(after.refused).toContain(refused)
  })

  it('[R14] names the providers that are spoken to with other keys, or elsewhere', () => {
    const before = [labProvider('a'), labProvider('b'), labProvider('c', { furtherKeys: ['c-2'] })]
    const moved = labProvider('b')
    const after = [
      labProvider('a', { models: ['other'] }),
      { ...moved, facts: { ...moved.facts, baseUrl: 'https://elsewhere.example/v1' } },
      labProvider('c', { furtherKeys: ['c-3'] }),
      labProvider('d'),
    ]
    expect(changedProviders(before, before)).toEqual([])
    expect(changedProviders(before, after)).toEqual(['b', 'c', 'd'])
  })

  it('[R22] names what counts only after a restart', () => {
    const before = { host: '127.0.0.1', port: 4400, dataFolder: '/a' } as Config
    expect(needsRestart(before, { ...before })).toEqual([])
    expect(needsRestart(before, { ...before, port: 1, dataFolder: '/b' })).toEqual([
      'server.port (PADDOCK_PORT)',
      'the data folder (PADDOCK_DATA)',
    ])
  })
})
