/** Places in a text, and what has changed between two. */

/** Where a line and column, both from 1, are in a text. Beyond the end of either: its end. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n')
  const at = Math.min(Math.max(1, line), lines.length)
  const before = lines.slice(0, at - 1).reduce((sum, each) => sum + each.length + 1, 0)
  return before + Math.min(Math.max(1, column) - 1, lines[at - 1]?.length ?? 0)
}

export type ChangedLine = {
  readonly kind: 'added' | 'removed'
  /** Of the new text where it was added, of the old one where it was removed. From 1. */
  readonly line: number
  readonly text: string
}

/** More pairs of lines than this are not compared one by one: then all of the part that differs is shown as changed. */
const PAIRS_MAX = 4_000_000

/** The lines that are gone and those that are new, in order. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const [old, next] = [before.split('\n'), after.split('\n')]
  const start = sameAtStart(old, next)
  const end = sameAtEnd(old, next, start)
  const [oldPart, nextPart] = [old.slice(start, old.length - end), next.slice(start, next.length - end)]
  const kept = oldPart.length * nextPart.length > PAIRS_MAX ? [] : keptPairs(oldPart, nextPart)
  const changes: ChangedLine[] = []
  let [i, j] = [0, 0]
  for (const [keptOld, keptNext] of [...kept, [oldPart.length, nextPart.length] as const]) {
    for (; i < keptOld; i++) changes.push({ kind: 'removed', line: start + i + 1, text: oldPart[i] ?? '' })
    for (; j < keptNext; j++) changes.push({ kind: 'added', line: start + j + 1, text: nextPart[j] ?? '' })
    i++
    j++
  }
  return changes
}

function sameAtStart(old: readonly string[], next: readonly string[]): number {
  const shorter = Math.min(old.length, next.length)
  let count = 0
  while (count < shorter && old[count] === next[count]) count++
  return count
}

function sameAtEnd(old: readonly string[], next: readonly string[], start: number): number {
  const shorter = Math.min(old.length, next.length) - start
  let count = 0
  while (count < shorter && old[old.length - 1 - count] === next[next.length - 1 - count]) count++
  return count
}

/** Pairs of places that hold the same line in both, as many as there can be: the longest common subsequence. */
function keptPairs(old: readonly string[], next: readonly string[]): (readonly [number, number])[] {
  const width = next.length + 1
  const lengths = new Uint32Array((old.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = next.length - 1; j >= 0; j--)
      lengths[i * width + j] = old[i] === next[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const pairs: (readonly [number, number])[] = []
  let [i, j] = [0, 0]
  while (i < old.length && j < next.length) {
    if (old[i] === next[j]) pairs.push([i++, j++])
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return pairs
}
