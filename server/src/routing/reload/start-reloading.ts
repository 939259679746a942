import type { EventEmitter } from 'node:events'
import type { PaddockError } from '../../base/errors.ts'
import { openReloader, type ReloaderParts } from './reloader.ts'
import { watchFile, type Machine } from './watch-file.ts'

export type ReloadingParts<Built> = ReloaderParts<Built> & {
  /** The configuration file, which may come later; null where there is none to watch. */
  readonly file: string | null
  /** Other files that what is built depends on; their folders are there, they themselves may come later. */
  readonly others?: readonly string[]
  readonly machine?: Machine
  /** Where signals come from. */
  readonly signals?: Pick<EventEmitter, 'on' | 'off'>
}

/** `reload` does it now: what it was refused for, or null. */
export type Reloading = { reload(): Promise<PaddockError | null>; close(): void }

/** Reloads when the configuration file or another one changes, and on SIGHUP whether it did or not. */
export function startReloading<Built>(parts: ReloadingParts<Built>): Reloading {
  const { file, others = [], machine, signals = process } = parts
  const reload = openReloader(parts)
  const onEvent = (): void => {
    void reload()
  }
  const files = [...(file === null ? [] : [file]), ...others]
  const watching = files.map((each) => watchFile(each, onEvent, machine))
  signals.on('SIGHUP', onEvent)
  return {
    reload,
    close: () => {
      for (const each of watching) each.close()
      signals.off('SIGHUP', onEvent)
    },
  }
}
