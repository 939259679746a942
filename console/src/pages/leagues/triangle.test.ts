import { describe, expect, it } from 'vitest'
import { together, triangle } from './triangle.ts'

const COHORTS = [
  { from: '2024-06-01', members: 0, active: [0, 0, 0, 0] },
  { from: '2024-06-08', members: 10, active: [10, 6, 2] },
  { from: '2024-06-15', members: 0, active: [0, 0] },
  { from: '2024-06-22', members: 30, active: [30] },
]

describe('retention triangle', () => {
  it('begins with the first period in which somebody came, and keeps later ones in which nobody did', () => {
    const rows = triangle(COHORTS, { period: 7, openFrom: '2024-06-29' })
    expect(rows.map(({ from }) => from)).toEqual(['2024-06-08', '2024-06-15', '2024-06-22'])
    expect(rows[0]?.cells.map(({ share }) => share)).toEqual([1, 0.6, 0.2])
    expect(rows[1]?.cells.map(({ share }) => share)).toEqual([null, null])
    expect(triangle(COHORTS.slice(0, 1), { period: 7, openFrom: '2024-06-29' })).toEqual([])
  })

  it('tells periods that are not over apart', () => {
    const rows = triangle(COHORTS, { period: 7, openFrom: '2024-06-25' })
    expect(rows.map(({ cells }) => cells.map(({ isOpen }) => isOpen))).toEqual([
      [false, false, true],
      [false, true],
      [true],
    ])
  })

  it('adds up only those for whom a period is over', () => {
    const rows = triangle(COHORTS, { period: 7, openFrom: '2024-06-29' })
    expect(together(rows)).toEqual([1, 0.6, 0.2])
    expect(together(triangle(COHORTS, { period: 7, openFrom: '2024-06-25' }))).toEqual([1, 0.6, null])
    expect(together([])).toEqual([])
  })
})
