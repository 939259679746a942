/**
 * A table of models from comparisons of two: descriptive, never a gate. R. A. Bradley and M. E. Terry, Biometrika 1952; a tie
 * is half a win for each. Ratings have the mean 1000 and the scale 400/ln 10 of chess, errors are those of the sandwich
 * (P. J. Huber, 1967; W.-L. Chiang et al., arXiv 2403.04132), which do not trust that the model is true.
 */

/** One comparison: the score of the first, 1 won, ½ tie, 0 lost. */
export type Comparison = { readonly first: string; readonly second: string; readonly score: number }

export type Rating = { readonly name: string; readonly rating: number; readonly standardError: number }

const SCALE = 400 / Math.LN10
const CENTRE = 1000
const STEPS_MAX = 100
const CLOSE_ENOUGH = 1e-12

/**
 * Best first. Throws RangeError when the comparisons do not connect all names by wins in both directions: then some strength
 * would be infinite.
 */
export function rank(comparisons: readonly Comparison[]): Rating[] {
  const names = [...new Set(comparisons.flatMap(({ first, second }) => [first, second]))].toSorted()
  const place = new Map(names.map((name, index) => [name, index]))
  const games = comparisons.map(({ first, second, score }) => ({
    first: place.get(first) ?? 0,
    second: place.get(second) ?? 0,
    score,
  }))
  assertConnected(games, names)
  const strengths = newton(games, names.length)
  const errors = sandwichErrors(games, strengths)
  return names
    .map((name, index) => ({
      name,
      rating: CENTRE + SCALE * (strengths[index] ?? 0),
      standardError: SCALE * (errors[index] ?? 0),
    }))
    .toSorted((one, other) => other.rating - one.rating)
}

type Game = { readonly first: number; readonly second: number; readonly score: number }

/** Newton's method on the log-likelihood; it is concave, so every start leads to the one summit. */
function newton(games: readonly Game[], count: number): number[] {
  let strengths = Array<number>(count).fill(0)
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const move = solve(curvature(games, strengths), gradient(games, strengths))
    strengths = strengths.map((strength, index) => strength + (move[index] ?? 0))
    if (Math.max(...move.map(Math.abs)) < CLOSE_ENOUGH) break
  }
  return strengths
}

function winChance({ first, second }: Game, strengths: readonly number[]): number {
  return 1 / (1 + Math.exp((strengths[second] ?? 0) - (strengths[first] ?? 0)))
}

function gradient(games: readonly Game[], strengths: readonly number[]): number[] {
  const slope = Array<number>(strengths.length).fill(0)
  for (const game of games) {
    const surprise = game.score - winChance(game, strengths)
    slope[game.first] = (slope[game.first] ?? 0) + surprise
    slope[game.second] = (slope[game.second] ?? 0) - surprise
  }
  return slope
}

/** Σ weight · (e_first − e_second)(e_first − e_second)ᵀ. */
function outerSum(games: readonly Game[], count: number, weightOf: (game: Game) => number): number[][] {
  const matrix = Array.from({ length: count }, () => Array<number>(count).fill(0))
  const add = (row: number, column: number, by: number): void => {
    const cells = matrix[row] ?? []
    cells[column] = (cells[column] ?? 0) + by
  }
  for (const game of games) {
    const weight = weightOf(game)
    add(game.first, game.first, weight)
    add(game.second, game.second, weight)
    add(game.first, game.second, -weight)
    add(game.second, game.first, -weight)
  }
  return matrix
}

/** Minus the second derivative, made invertible by 1/count in every cell: this fixes the mean strength at 0. */
function curvature(games: readonly Game[], strengths: readonly number[]): number[][] {
  const matrix = outerSum(games, strengths.length, (game) => {
    const chance = winChance(game, strengths)
    return chance * (1 - chance)
  })
  return matrix.map((row) => row.map((cell) => cell + 1 / strengths.length))
}

/** √ of the diagonal of H⁻¹ S H⁻¹, S the sum of the squared slopes of the single comparisons. */
function sandwichErrors(games: readonly Game[], strengths: readonly number[]): number[] {
  const count = strengths.length
  const bread = curvature(games, strengths)
  const meat = outerSum(games, count, (game) => (game.score - winChance(game, strengths)) ** 2)
  return strengths.map((_, index) => {
    // The centred unit vector: a rating is a distance from the mean.
    const unit = Array.from({ length: count }, (_unused, other) => (other === index ? 1 : 0) - 1 / count)
    const column = solve(bread, unit)
    const through = meat.map((row) => dot(row, column))
    return Math.sqrt(dot(column, through))
  })
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0)
}

/** Gauss–Jordan elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0])
  for (let column = 0; column < rows.length; column += 1) {
    const below = rows.slice(column).map((row) => Math.abs(row[column] ?? 0))
    const best = column + below.indexOf(Math.max(...below))
    const pivot = rows[best] ?? []
    rows[best] = rows[column] ?? []
    rows[column] = pivot
    for (const row of rows) {
      if (row === pivot) continue
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1)
      for (let cell = column; cell < row.length; cell += 1) row[cell] = (row[cell] ?? 0) - factor * (pivot[cell] ?? 0)
    }
  }
  return rows.map((row, index) => (row.at(-1) ?? 0) / (row[index] ?? 1))
}

/** From every name a chain of (half) wins leads to every other: otherwise no summit exists (L. R. Ford, 1957). */
function assertConnected(games: readonly Game[], names: readonly string[]): void {
  const beats = names.map(() => new Set<number>())
  const losesTo = names.map(() => new Set<number>())
  for (const { first, second, score } of games) {
    if (score > 0) link(beats, losesTo, [first, second])
    if (score < 1) link(beats, losesTo, [second, first])
  }
  for (const edges of [beats, losesTo]) {
    const seen = new Set([0])
    for (const index of seen) for (const next of edges[index] ?? []) seen.add(next)
    const lost = names.find((_, index) => !seen.has(index))
    if (lost !== undefined)
      throw new RangeError(`${lost} and ${names[0] ?? ''} cannot be ranked together: no chain of wins leads both ways.`)
  }
}

function link(beats: readonly Set<number>[], losesTo: readonly Set<number>[], [winner, loser]: [number, number]): void {
  beats[winner]?.add(loser)
  losesTo[loser]?.add(winner)
}
