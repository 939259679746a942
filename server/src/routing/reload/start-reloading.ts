import type { EventEmitter } from 'node:events'
import { openReloader, type ReloaderParts } from './reloader.ts'
import { watchFile, type Machine } from './watch-file.ts'

export type ReloadingParts<Built> = ReloaderParts<Built> & {
  /** The configuration file; null where there is none to watch. */
  readonly file: string | null
  readonly machine?: Machine
  /** Where signals come from. */
  readonly signals?: Pick<EventEmitter, 'on' | 'off'>
}

/** Reloads when the configuration file changes, and on SIGHUP whether it did or not. */
export function startReloading<Built>(parts: ReloadingParts<Built>): { close(): void } {
  const { file, machine, signals = process } = parts
  const reload = openReloader(parts)
  const onEvent = (): void => {
    void reload()
  }
  const watching = file === null ? null : watchFile(file, onEvent, machine)
  signals.on('SIGHUP', onEvent)
  return {
    close: () => {
      watching?.close()
      signals.off('SIGHUP', onEvent)
    },
  }
}
