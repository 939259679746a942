import type { Config } from '../../base/config.ts'
import { PaddockError } from '../../base/errors.ts'

/**
 * A file that has become empty, or is gone, is one that somebody is just writing: editors and scripts cut a file to nothing
 * before they fill it. Throws `config_invalid`, so that nobody's routes vanish for that moment.
 */
export function refuseBlank(before: Config, after: Config): Config {
  if (before.isBlank || !after.isBlank) return after
  throw new PaddockError('config_invalid', {
    message: `${before.configFile ?? 'paddock.yaml'} has nothing in it. What served before serves on; to run without a configuration, start anew.`,
  })
}
