import { describe, expect, it } from 'vitest'
import { logEvidence } from '../../server/src/races/evidence.ts'
import { seeded } from '../seed.ts'
import { faultsOf, runCell, type Cell } from './races/cell.ts'
import { drawPaired, pairedStakes } from './races/draws.ts'
import { GUARD_CELLS } from './races/guard-cells.ts'
import { openPurse } from './races/purse.ts'
import { QUALITY_CELLS } from './races/quality-cells.ts'

/**
 * Thousands of races on made-up traffic whose truth is known: how often is the verdict wrong, and how long does it take? Seeds
 * are fixed; `npm run bench -- races` runs the same cells twenty times as often.
 */

const ROUNDS = 500
const CELLS = [...QUALITY_CELLS, ...GUARD_CELLS]

const cellsOf = (rule: string): [string, Cell][] =>
  CELLS.filter((cell) => cell.rule === rule).map((cell) => [`${cell.id} ${cell.name}`, cell])

function expectToHold(cell: Cell): void {
  const summary = runCell(cell, ROUNDS)
  expect(faultsOf(cell, summary), JSON.stringify(summary)).toEqual([])
}

describe('simulated races', () => {
  it.each(cellsOf('H1'))('[H1] proves at the promised rate, and as fast: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H2'))('[H2] covers the truth: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H4'))('[H4] splits and ramps: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H5'))('[H5] counts users: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H6'))('[H6] ends in three ways: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H7'))('[H7] watches costs: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H9'))('[H9] guards: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H10'))('[H10] watches the shares: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H11'))('[H11] corrects for several: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it.each(cellsOf('H14'))('[H14] watches a new champion: %s', (_name, cell) => {
    expectToHold(cell)
  })

  it('[H3] keeps up value by value what counts give at once', () => {
    const random = seeded()
    for (const side of ['above', 'below'] as const) {
      const draw = drawPaired(random, { margin: 0.05, ties: 0.5, difference: 0.02 })
      const [purse, stakes, counts] = [openPurse(), pairedStakes(side, -0.05), [0, 0, 0]]
      for (let trial = 0; trial < 500; trial += 1) {
        const outcome = draw()
        purse.take(stakes[outcome] ?? new Float64Array())
        counts[outcome] = (counts[outcome] ?? 0) + 1
      }
      const sample = { counts: counts.map((count, place) => [place - 1, count] as const), low: -1, high: 1 }
      expect(Math.log(purse.evidence()), `seed ${random.seed}`).toBeCloseTo(logEvidence(side, [sample], -0.05), 9)
    }
  })
})
