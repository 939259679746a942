import { faultsOf, runCell } from '../tests/simulation/races/cell.ts'
import { GUARD_CELLS } from '../tests/simulation/races/guard-cells.ts'
import { ANCHOR_CELLS } from '../tests/simulation/races/anchor-cells.ts'
import { QUALITY_CELLS } from '../tests/simulation/races/quality-cells.ts'

/**
 * The validation of races with ten thousand races a cell (RACES_ROUNDS=500 for a quick look): shares of endings, and how many
 * trials it took. Prints a table on the way, for docs/guide/races-validation.md; RACES_CELLS=Arbr runs those of that name only.
 */

const rounds = Number(process.env['RACES_ROUNDS'] ?? 10_000)
const figures: Record<string, number> = {}
const wanted = process.env['RACES_CELLS'] ?? ''
for (const cell of [...QUALITY_CELLS, ...GUARD_CELLS, ...ANCHOR_CELLS].filter(({ name }) => name.includes(wanted))) {
  const summary = runCell(cell, rounds)
  const faults = faultsOf(cell, summary)
  const shares = Object.entries(summary.shares).map(([ended, share]) => `${ended} ${share.toFixed(4)}`)
  const trials = `mean ${summary.mean.toFixed(0)}, median ${summary.median}`
  process.stderr.write(
    `| ${cell.id} | ${cell.name} | ${shares.join(', ')} | ${trials} | ${faults.join('; ') || 'holds'} |\n`,
  )
  for (const [ended, share] of Object.entries(summary.shares)) figures[`${cell.id} ${cell.name}: ${ended}`] = share
  figures[`${cell.id} ${cell.name}: mean trials`] = Math.round(summary.mean)
}
console.log(JSON.stringify(figures))
