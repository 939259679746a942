import { existsSync } from 'node:fs'

/** Debian's Chromium, or another by its path in PADDOCK_CHROMIUM. */
export const CHROMIUM = process.env['PADDOCK_CHROMIUM'] ?? '/usr/bin/chromium'

/** Whoever has no browser can run all other tests; where all must run, a missing one is a failure. */
export const HAS_BROWSER = existsSync(CHROMIUM) || process.env['CI'] !== undefined
