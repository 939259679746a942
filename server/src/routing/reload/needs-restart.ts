import type { Config } from '../../base/config.ts'

/** What a running server cannot change, by the names it has in paddock.yaml and in the environment. */
const FIXED: readonly [setting: keyof Config, name: string][] = [
  ['host', 'server.host (PADDOCK_HOST)'],
  ['port', 'server.port (PADDOCK_PORT)'],
  ['dataFolder', 'the data folder (PADDOCK_DATA)'],
]

/** The settings that differ and count only after a restart. */
export function needsRestart(before: Config, after: Config): string[] {
  return FIXED.filter(([setting]) => before[setting] !== after[setting]).map(([, name]) => name)
}
