import { describe, expect, it } from 'vitest'
import { labelRows, labelSpan, type Label } from './prepare.ts'

describe('labels of marks', () => {
  it('share a row where they have room, and take the next one where they would lie over another', () => {
    const labels = [
      { x: 0, width: 100 },
      { x: 50, width: 40 },
      { x: 120, width: 40 },
    ]
    expect(labelRows(labels, { right: 500, rows: 3 })).toEqual([0, 1, 0])
  })

  it('are left out where no row has room', () => {
    const same = Array.from({ length: 3 }, () => ({ x: 10, width: 50 }))
    expect(labelRows(same, { right: 500, rows: 2 })).toEqual([0, 1, null])
  })

  it('end at their mark where they would leave the chart, or lie at the edge where neither side has room', () => {
    expect(labelSpan({ x: 480, width: 50 }, 500)).toEqual([430, 480])
    expect(labelSpan({ x: 30, width: 90 }, 100)).toEqual([10, 100])
  })

  it('never lie over each other, wherever they are', () => {
    const right = 400
    const labels = Array.from({ length: 60 }, (_, at): Label => ({
      x: (at * 37) % right,
      width: 20 + ((at * 13) % 90),
    }))
    const rows = labelRows(labels, { right, rows: 6 })
    const placed = labels.flatMap((label, at) => {
      const row = rows[at] ?? null
      return row === null ? [] : [{ row, span: labelSpan(label, right) }]
    })
    const overlaps = placed.flatMap((one, at) =>
      placed
        .slice(at + 1)
        .filter((other) => other.row === one.row && other.span[0] < one.span[1] && one.span[0] < other.span[1]),
    )
    expect(placed.length).toBeGreaterThan(20)
    expect(overlaps).toEqual([])
  })
})
