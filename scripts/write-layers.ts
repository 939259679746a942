import { readFileSync, writeFileSync } from 'node:fs'
import { lintOverrides, readLayers } from '../tests/layers.ts'

/** Writes the layer table of ARCHITECTURE.md into .oxlintrc.json, so that the linter says in the editor what the table allows. */
const config = JSON.parse(readFileSync('.oxlintrc.json', 'utf8')) as { overrides: unknown[] }
config.overrides = lintOverrides(readLayers())
writeFileSync('.oxlintrc.json', `${JSON.stringify(config, null, 2)}\n`)
