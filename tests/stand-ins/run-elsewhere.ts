import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'

/** Runs a script in a process of its own, from the sources, as a second server would run. Modules are named from the project's root. */
export function runElsewhere(script: string, ...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(
    process.execPath,
    ['--conditions=paddock-source', '--import', 'tsx', '--input-type=module', '--eval', script, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
}

/** How a script names a source file. */
export function sourceUrl(path: string): string {
  return new URL(`../../${path}`, import.meta.url).href
}
