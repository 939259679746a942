import type { Counts } from './evidence.ts'

/**
 * Values are counted in bins. The bins are the marks of a ruler of 1/50 and the gaps between them: bin 2k is exactly k/50,
 * bin 2k + 1 lies between k/50 and (k+1)/50. A gap can be read down or up, so one count serves both directions and rounding
 * is always against what is to be proven: the error rates stay valid. 0, 1, ±½ and ±1 are marks, hence exact.
 */
const MARKS_PER_UNIT = 50

/** A value this close to a mark, in marks, was meant to be it. */
const TOLERANCE = 1e-9

export type BinCounts = ReadonlyMap<number, number>

/** The bin of a value from −1 to 1. */
export function binOf(value: number): number {
  const marks = value * MARKS_PER_UNIT
  const nearest = Math.round(marks)
  return Math.abs(marks - nearest) <= TOLERANCE ? 2 * nearest : 2 * Math.floor(marks) + 1
}

/** The counts with every value rounded down, or up, to a mark. */
export function countsOf(bins: BinCounts, round: 'down' | 'up'): Counts {
  const marks = new Map<number, number>()
  for (const [bin, count] of bins) {
    const mark = round === 'down' ? Math.floor(bin / 2) : Math.ceil(bin / 2)
    marks.set(mark, (marks.get(mark) ?? 0) + count)
  }
  // Sorted, so that the same counts give the same float to the last bit, whatever way they came together.
  return [...marks]
    .filter(([, count]) => count !== 0)
    .toSorted(([one], [other]) => one - other)
    .map(([mark, count]) => [mark / MARKS_PER_UNIT, count])
}
