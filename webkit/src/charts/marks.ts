import type uPlot from 'uplot'
import { labelRows, labelSpan } from './prepare.ts'

/** What happened, above a chart: a line and a word each. Sizes are in pixels of the page. */

export type Mark = { readonly at: number; readonly label: string }

/** Marks, and the instants over which the chart reaches. */
type Marked = { readonly marks: readonly Mark[]; readonly times: readonly number[] }

const MARK_ROW = 15
const MARK_ROWS = 7
const MARK_FONT = 11

type Placed = { readonly x: number; readonly label: string; readonly from: number; readonly row: number | null }
type Place = { readonly xOf: (second: number) => number; readonly right: number; readonly family: string }

/** Where marks stand; what lies outside of the span is left out. */
function placedMarks({ marks, times }: Marked, { xOf, right, family }: Place): Placed[] {
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const shown = marks
    .filter(({ at }) => at >= first && at <= last)
    .map(({ at, label }) => ({ label, x: xOf(at / 1000), width: widthOf(label, family) + 4 }))
  const rows = labelRows(shown, { right, rows: MARK_ROWS })
  return shown.map((mark, index) => ({ ...mark, from: labelSpan(mark, right)[0], row: rows[index] ?? null }))
}

const ruler = document.createElement('canvas').getContext('2d')

function widthOf(label: string, family: string): number {
  if (ruler === null) return label.length * MARK_FONT
  ruler.font = `${MARK_FONT}px ${family}`
  return ruler.measureText(label).width
}

/** As high as the labels of the marks need. It is asked before the plot has its place, so x is near enough. */
export function headroom(element: HTMLElement, marked: Marked): number {
  const [first = 0, last = 1] = [marked.times[0], marked.times.at(-1)]
  const [axis, right] = [60, element.clientWidth]
  const xOf = (second: number): number => axis + ((second * 1000 - first) / (last - first || 1)) * (right - axis)
  const placed = placedMarks(marked, { xOf, right, family: getComputedStyle(element).fontFamily })
  const rows = placed.map(({ row }) => (row ?? MARK_ROWS - 1) + 1)
  return MARK_ROW * Math.max(1, ...rows) + 4
}

type Paint = { readonly ink: string; readonly line: string; readonly page: string }

/** Each label above the chart, on a line that comes down from it. */
export function drawMarks(plot: uPlot, marked: Marked, { ink, line, page }: Paint): void {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  const family = getComputedStyle(plot.root).fontFamily
  const middleOf = (row: number): number => (row + 0.5) * MARK_ROW
  const xOf = (second: number): number => plot.valToPos(second, 'x', true) / ratio
  const placed = placedMarks(marked, { xOf, right: ctx.canvas.width / ratio, family })
  ctx.save()
  ctx.scale(ratio, ratio)
  ctx.font = `${MARK_FONT}px ${family}`
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  ctx.strokeStyle = line
  ctx.setLineDash([2, 3])
  for (const { x, row } of placed) {
    ctx.beginPath()
    ctx.moveTo(x, row === null ? bbox.top / ratio : middleOf(row))
    ctx.lineTo(x, (bbox.top + bbox.height) / ratio)
    ctx.stroke()
  }
  for (const { x, label, from, row } of placed) {
    if (row === null) continue
    const start = from + (from < x ? -1 : 4)
    ctx.fillStyle = page
    ctx.fillRect(start - 1, middleOf(row - 0.5), widthOf(label, family) + 2, MARK_ROW)
    ctx.fillStyle = ink
    ctx.fillText(label, start, middleOf(row))
  }
  ctx.restore()
}
