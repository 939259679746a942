import { existsSync, readFileSync, realpathSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/** What watching needs of the machine; tests hand in their own. */
export type Machine = {
  /** The folders in which something happens when the file changes: its own, and the one a link leads to. */
  foldersOf(file: string): readonly string[]
  /** Tells of everything that happens in a folder. */
  watchFolder(folder: string, onEvent: () => void): { close(): void }
  /** The text of a file; null when it cannot be read. */
  readText(file: string): string | null
  /** Acts later; the function it gives calls that off. */
  later(act: () => void, ms: number): () => void
}

/** An editor writes a file in several steps; this much later it is done. */
const QUIET_MS = 200

/**
 * Tells when the text of a file has become another one. Folders are watched and not the file, because editors and
 * orchestrators do not change a file, they put another in its place.
 */
export function watchFile(file: string, onChange: () => void, machine: Machine = thisMachine): { close(): void } {
  let seen = machine.readText(file)
  let callOff = (): void => undefined
  const look = (): void => {
    const text = machine.readText(file)
    if (text === seen) return
    seen = text
    onChange()
  }
  const onEvent = (): void => {
    callOff()
    callOff = machine.later(look, QUIET_MS)
  }
  const watching = machine.foldersOf(file).map((folder) => machine.watchFolder(folder, onEvent))
  return {
    close: () => {
      callOff()
      for (const each of watching) each.close()
    },
  }
}

const thisMachine: Machine = {
  foldersOf: (file) => {
    const folders = [dirname(file)]
    return existsSync(file) ? [...new Set([...folders, dirname(realpathSync(file))])] : folders
  },
  watchFolder: (folder, onEvent) => {
    const watching = watch(folder, { persistent: false }, onEvent)
    // A folder that is taken away cannot be watched any longer; a signal still reloads.
    watching.on('error', () => {
      watching.close()
    })
    return watching
  },
  readText: (file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return null
    }
  },
  later: (act, ms) => {
    const timer = setTimeout(act, ms)
    return () => {
      clearTimeout(timer)
    }
  },
}
