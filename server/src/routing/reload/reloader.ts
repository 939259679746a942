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
 * one is done once more behind it, so that the last change always counts. The promise resolves when all of that is done: with
 * what the last one was refused for, or null.
 */
export function openReloader<Built>(parts: ReloaderParts<Built>): () => Promise<PaddockError | null> {
  let running: Promise<PaddockError | null> | null = null
  let again = false
  const run = async (): Promise<PaddockError | null> => {
    let refused: PaddockError | null = null
    do {
      again = false
      refused = await reloadOnce(parts)
    } while (again)
    running = null
    return refused
  }
  return () => {
    again = true
    running ??= run()
    return running
  }
}

async function reloadOnce<Built>(parts: ReloaderParts<Built>): Promise<PaddockError | null> {
  const { live, build, onReloaded, onRefused } = parts
  let after: Built
  try {
    after = await build()
  } catch (thrown) {
    const refused = asPaddockError(thrown)
    onRefused(refused)
    return refused
  }
  onReloaded({ before: live.swap(after), after })
  return null
}
