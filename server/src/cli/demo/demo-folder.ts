import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PaddockError } from '../../base/errors.ts'
import { ensureDataFolder } from '../../store/data-folder.ts'
import { lockFolder } from '../../store/lock.ts'

/** Says that a folder is a demo, and so may be replaced; written first, so that half a demo can be, too. */
const MARK = 'demo.json'

/**
 * An empty data folder for a demo. Only another demo is ever replaced, and only by force and while no server uses it.
 * Throws `argument_invalid` or `data_in_use`.
 */
export function makeDemoFolder(folder: string, { force, told }: { force: boolean; told: object }): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) clear(folder, force)
  ensureDataFolder(folder)
  writeFileSync(join(folder, MARK), `${JSON.stringify(told, null, 2)}\n`)
}

function clear(folder: string, force: boolean): void {
  if (!existsSync(join(folder, MARK))) {
    throw new PaddockError('argument_invalid', {
      message: `The folder ${folder} holds something that is no demo, so it is left alone. Choose another with --data.`,
    })
  }
  if (!force) {
    throw new PaddockError('argument_invalid', {
      message: `There is a demo in ${folder} already. --force replaces it; --data chooses another folder.`,
    })
  }
  lockFolder(folder).release()
  rmSync(folder, { recursive: true })
}
