/** A plot of dots on a logarithmic axis, as SVG with a background of its own: it reads the same on a light page and a dark one. */

export type DotPlot = {
  readonly title: string
  /** What the axis counts. */
  readonly unit: string
  /** The name of each colour; one colour needs none. */
  readonly series: readonly string[]
  /** A value for each of the series, null where it was not measured. */
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
  /** The row that is ours. */
  readonly bold: string
}

const COLOURS = ['#1d4ed8', '#c2410c', '#047857'] as const
const WIDTH = 760
const LEFT = 150
const RIGHT = 70
const TOP = 64
const ROW = 34
const BOTTOM = 46
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, sans-serif"'

export function dotPlot(plot: DotPlot): string {
  const height = TOP + plot.rows.length * ROW + BOTTOM
  const values = plot.rows.flatMap((row) => row.values).filter((value): value is number => value !== null && value > 0)
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  const x = (value: number): number => LEFT + ((Math.log10(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT)
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(plot.title)}" ${FONT} font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" rx="8" fill="#fbfaf7" stroke="#d6d3cb"/>`,
    text({ x: 20, y: 28, size: 15, weight: 600 }, plot.title),
    ...(plot.series.length > 1 ? plot.series.map((name, index) => legend(name, index)) : []),
    ...ticks.flatMap((tick) => [
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${height - BOTTOM}" stroke="#e2dfd6"/>`,
      text({ x: x(tick), y: height - BOTTOM + 18, anchor: 'middle', colour: '#57534e' }, short(tick)),
    ]),
    text({ x: WIDTH - RIGHT, y: height - 10, anchor: 'end', colour: '#57534e' }, `${plot.unit} (logarithmic)`),
    ...plot.rows.flatMap((row, index) => drawRow(plot, { row, y: TOP + index * ROW + ROW / 2, x })),
    '</svg>',
    '',
  ].join('\n')
}

type Row = {
  readonly row: DotPlot['rows'][number]
  readonly y: number
  readonly x: (value: number) => number
}

function drawRow({ bold }: DotPlot, { row, y, x }: Row): string[] {
  const dots = row.values.flatMap((value, index) => {
    if (value === null || value <= 0) return []
    const colour = COLOURS[index % COLOURS.length]
    const label = row.values.length > 1 ? [] : [text({ x: x(value) + 10, y: y + 4 }, short(value))]
    return [
      `<circle cx="${x(value).toFixed(1)}" cy="${y}" r="5.5" fill="${colour}"><title>${escape(row.name)}: ${short(value)}</title></circle>`,
      ...label,
    ]
  })
  return [text({ x: LEFT - 14, y: y + 4, anchor: 'end', weight: row.name === bold ? 700 : 400 }, row.name), ...dots]
}

function legend(name: string, index: number): string {
  const x = 26 + index * 170
  const colour = COLOURS[index % COLOURS.length]
  return `<circle cx="${x}" cy="46" r="5" fill="${colour}"/>${text({ x: x + 11, y: 50, colour: '#44403c' }, name)}`
}

type Style = {
  readonly x: number
  readonly y: number
  readonly anchor?: 'middle' | 'end'
  readonly size?: number
  readonly weight?: number
  readonly colour?: string
}

function text({ x, y, anchor, size = 13, weight = 400, colour = '#1c1917' }: Style, said: string): string {
  const anchored = anchor === undefined ? '' : ` text-anchor="${anchor}"`
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}"${anchored}>${escape(said)}</text>`
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 4 })
}

function escape(said: string): string {
  return said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
