import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** The two C programs of a measurement, built anew for each run: they must cost next to nothing beside what is measured. */
export type Native = { readonly provider: string; readonly load: string }

/** Builds both into a folder. Throws where there is no C compiler (Debian: `apt-get install gcc libc6-dev`). */
export function buildNative(folder: string): Native {
  const build = (name: string): string => {
    const program = join(folder, name)
    const source = join(import.meta.dirname, '..', 'native', `${name}.c`)
    const { status, stderr } = spawnSync('cc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source])
    if (status !== 0)
      throw new Error(`${name}.c could not be built; a C compiler is needed. ${stderr?.toString() ?? ''}`)
    return program
  }
  return { provider: build('provider'), load: build('load') }
}
