import { asPaddockError, type PaddockError } from '../../base/errors.ts'
import type { Reloadable } from './reloadable.ts'

export type ReloaderParts<Built> = {
  readonly live: Reloadable<Built>
  /** Reads the configuration and builds all that depends on it; throws when anything in it is wrong. */
  readonly build: () => Built | Promise<Built>
  /** Told after the swap: what was before may still serve requests that run. */
  readonly onReloaded: (change: { readonly before: Built; readonly after: Built }) => void
  /** Told when the configuration was refused and the last good one stays. The message has file, line, column and fix. */
  readonly onRefused: (error: PaddockError) => void
}

/**
 * Builds everything anew when asked to, and swaps it in only if it is whole. One build at a time: what is asked for during
 * one is done once more behind it, so that the last change always counts. The promise resolves when all of that is done.
 */
export function openReloader<Built>(parts: ReloaderParts<Built>): () => Promise<void> {
  let running: Promise<void> | null = null
  let again = false
  const run = async (): Promise<void> => {
    do {
      again = false
      await reloadOnce(parts)
    } while (again)
    running = null
  }
  return () => {
    again = true
    running ??= run()
    return running
  }
}

async function reloadOnce<Built>({ live, build, onReloaded, onRefused }: ReloaderParts<Built>): Promise<void> {
  let after: Built
  try {
    after = await build()
  } catch (thrown) {
    onRefused(asPaddockError(thrown))
    return
  }
  onReloaded({ before: live.swap(after), after })
}
