import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runElsewhere, sourceUrl } from '../../../tests/stand-ins/run-elsewhere.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { lockFolder } from './lock.ts'

/** Another process that takes the lock, says so, and does nothing else. */
async function lockElsewhere(folder: string): Promise<ChildProcess> {
  const script = `
    import { lockFolder } from '${sourceUrl('server/src/store/lock.ts')}'
    lockFolder(process.argv[1])
    process.stdout.write('locked')
    setInterval(() => {}, 60_000)`
  const other = runElsewhere(script, folder)
  await once(other.stdout, 'data')
  return other
}

describe('[B24] the lock of a data folder', () => {
  it('keeps a second process out while the first lives, and is free again when it was killed', async () => {
    using folder = tempFolder()
    const other = await lockElsewhere(folder.path)
    const exited = once(other, 'exit')
    try {
      expect(() => lockFolder(folder.path)).toThrow(
        expect.objectContaining({
          code: 'data_in_use',
          message: `Another Paddock process is using the data folder ${folder.path}. Stop it first, or give this one a folder of its own with --data.`,
        }),
      )
    } finally {
      other.kill('SIGKILL')
    }
    await exited
    lockFolder(folder.path).release()
  })

  it('keeps the same process out too, until it is released', () => {
    using folder = tempFolder()
    const lock = lockFolder(folder.path)
    expect(() => lockFolder(folder.path)).toThrow(expect.objectContaining({ code: 'data_in_use' }))
    lock.release()
    lockFolder(folder.path).release()
  })

  it.each([
    ['is not there', (path: string) => join(path, 'none')],
    [
      'has a folder where the lock should be',
      (path: string) => {
        mkdirSync(join(path, 'lock.db'))
        return path
      },
    ],
  ])('says which folder %s', (_what, make) => {
    using folder = tempFolder()
    const path = make(folder.path)
    expect(() => lockFolder(path)).toThrow(
      expect.objectContaining({ code: 'data_unusable', message: expect.stringContaining(path) as string }),
    )
  })
})
