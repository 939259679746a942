/** A name may be this many edits away, as a share of its length, and still be offered as what was meant. */
const DISTANCE_SHARE_MAX = 0.4
const OFFERED_MAX = 3
/** Longer names are not compared: distance costs the product of both lengths. */
const LENGTH_MAX = 100

/** The known names closest to a mistyped one, best first. A bare model is compared with the model part of full names too. */
export function nearestNames(typed: string, known: readonly string[]): string[] {
  if (typed.length > LENGTH_MAX) return []
  const wanted = typed.toLowerCase()
  return known
    .map((name) => ({ name, distance: distanceTo(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length * DISTANCE_SHARE_MAX)))
    .sort((one, other) => one.distance - other.distance || one.name.localeCompare(other.name))
    .slice(0, OFFERED_MAX)
    .map(({ name }) => name)
}

function distanceTo(wanted: string, name: string): number {
  const model = name.slice(name.indexOf('/') + 1)
  return Math.min(editDistance(wanted, name), editDistance(wanted, model))
}

/** Levenshtein distance, one row at a time. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[line - 1] === other[column - 1] ? 0 : 1
      const change = (row[column - 1] ?? 0) + same
      next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
