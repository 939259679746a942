import type { Answer } from '@paddock/webkit/api/operation.ts'
import type { Series } from '@paddock/webkit/charts/prepare.ts'

/** How the interval of the difference became narrower, as a chart paints it. Pure: tested without a browser. */

type Detail = Answer<'races.find'>
type Point = Detail['course'][number]
type Words = { readonly estimate: string; readonly low: string; readonly high: string; readonly margin: string }

export type CourseChart = {
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly range: readonly [number, number]
}

/** The estimate and its interval share a colour. */
const COLOUR = 1
/** Early intervals are as wide as can be, and would press the later ones together. */
const WIDEST = 0.3

export function courseChart(points: readonly Point[], margin: number, words: Words): CourseChart {
  const edge = { colour: COLOUR, width: 0.75 }
  const line = (name: string, values: readonly (number | null)[]): Series => ({ name, label: name, values })
  return {
    times: points.map(({ at }) => Date.parse(at)),
    series: [
      {
        ...line(
          words.estimate,
          points.map(({ difference }) => difference),
        ),
        colour: COLOUR,
      },
      {
        ...line(
          words.low,
          points.map(({ low }) => low),
        ),
        ...edge,
      },
      {
        ...line(
          words.high,
          points.map(({ high }) => high),
        ),
        ...edge,
      },
      { name: null, label: words.margin, values: points.map(() => -margin), dashed: true },
    ],
    range: courseRange(points, margin),
  }
}

/** Early intervals may be cut off; the last one is shown whole, and so are the margin and zero. */
export function courseRange(points: readonly Point[], margin: number): readonly [number, number] {
  const last = points.at(-1)
  const widest = Math.max(WIDEST, Math.abs(last?.low ?? 0), Math.abs(last?.high ?? 0))
  const late = points.slice(Math.min(points.length - 1, Math.floor(points.length / 3)))
  const low = Math.max(-widest, Math.min(-margin * 1.5, ...late.map((point) => point.low)))
  const high = Math.min(widest, Math.max(margin / 2, ...late.map((point) => point.high)))
  return [low * 1.1, high * 1.1]
}
