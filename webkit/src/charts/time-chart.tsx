import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useFormat } from '../format/format.ts'
import { useLanguage, useText } from '../text/language.tsx'
import { LOCALES } from '../text/texts.ts'
import { THEME_CHANGED } from '../theme.ts'
import { Segments } from '../ui/segments.tsx'
import { text } from '../ui/text.ts'
import { ChartTable } from './chart-table.tsx'
import { colourNumbers, paintOf } from './colour.ts'
import { drawMarks, headroom, type Mark } from './marks.ts'
import { stack, type Series } from './prepare.ts'

export type TimeChartProps = {
  /** What it shows, for those who do not see it. */
  readonly label: string
  /** Instants, rising; milliseconds. */
  readonly times: readonly number[]
  /** They are whole days: no time of day is written. */
  readonly days?: boolean
  readonly series: readonly Series[]
  /** `stacked`: parts of a whole. `steps`: what holds from one instant until the next. */
  readonly kind?: 'line' | 'stacked' | 'steps'
  readonly scale?: 'linear' | 'log'
  /** From where to where the axis reaches, if not from zero to the largest value. What lies outside is cut off. */
  readonly range?: readonly [low: number, high: number]
  /** The places of two series, between which is painted: an interval. */
  readonly band?: readonly [low: number, high: number]
  readonly height?: number
  /** How a value is written, in the axis and beside the cursor. */
  readonly write: (value: number) => string
  /** The last value is not whole yet. */
  readonly lastIsOpen?: boolean
  /** A click on an instant, by its place. */
  readonly onPick?: (place: number) => void
  /** Things that happened: a line and a word each, above the chart where none lies over another. In order of time. */
  readonly marks?: readonly Mark[]
}

/** Values over time, with a legend that follows the cursor and a table that says the same. All charts of a page share the cursor. */
export function TimeChart(props: TimeChartProps) {
  const t = useText(text)
  const [asTable, setAsTable] = useState(false)
  const [place, setPlace] = useState<number | null>(null)
  const colours = useMemo(() => colourNumbers(props.series), [props.series])
  return (
    <figure className="m-0 flex flex-col gap-2" aria-label={props.label}>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-1">
        <Legend {...props} colours={colours} place={place} />
        <Segments
          label={props.label}
          value={asTable ? 'table' : 'chart'}
          onChange={(value) => setAsTable(value === 'table')}
          options={[
            { value: 'chart', label: t.asChart },
            { value: 'table', label: t.asTable },
          ]}
        />
      </div>
      {asTable ? <ChartTable {...props} /> : <Canvas {...props} colours={colours} onPlace={setPlace} />}
    </figure>
  )
}

type LegendProps = TimeChartProps & { readonly colours: readonly number[]; readonly place: number | null }

function Legend({ series, times, days = false, write, colours, place }: LegendProps) {
  const { moment, shortDay } = useFormat()
  const at = place === null ? undefined : times[place]
  return (
    <ul className="flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-1 text-xs">
      {at !== undefined && <li className="text-ink-3">{days ? shortDay(at) : moment(at)}</li>}
      {series.map(({ label, values }, index) => {
        const value = place === null ? undefined : values[place]
        return (
          <li key={label} className="flex items-center gap-1.5">
            <span
              aria-hidden
              className="size-2 rounded-full"
              style={{ background: `var(--color-chart-${colours[index]})` }}
            />
            <span className="text-ink-2">{label}</span>
            {value !== undefined && value !== null && <span className="tabular font-medium">{write(value)}</span>}
          </li>
        )
      })}
    </ul>
  )
}

type CanvasProps = TimeChartProps & {
  readonly colours: readonly number[]
  readonly onPlace: (place: number | null) => void
}

function Canvas(props: CanvasProps) {
  const { language } = useLanguage()
  const holder = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  // What it calls may be other functions each time; the plot is painted anew only for what it shows.
  useLayoutEffect(() => {
    latest.current = props
  })
  const { times, series, kind, scale, range, band, height = 240, marks, colours } = props
  useEffect(() => {
    const element = holder.current
    if (element === null) return undefined
    let plot: uPlot | null = null
    const paint = (): void => {
      plot?.destroy()
      plot = new uPlot(options(element, latest, LOCALES[language]), data(latest.current), element)
    }
    paint()
    const resized = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height }))
    resized.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    addEventListener(THEME_CHANGED, paint)
    dark.addEventListener('change', paint)
    return () => {
      removeEventListener(THEME_CHANGED, paint)
      dark.removeEventListener('change', paint)
      resized.disconnect()
      plot?.destroy()
    }
  }, [times, series, kind, scale, range, band, height, marks, colours, language])
  return <div ref={holder} className="min-w-0" style={{ height }} />
}

function data({ times, series, kind }: TimeChartProps): uPlot.AlignedData {
  const values = kind === 'stacked' ? stack(series) : series.map((one) => [...one.values])
  const seconds = times.map((ms) => ms / 1000)
  // The highest area is painted first, so that lower ones lie over it.
  return [seconds, ...(kind === 'stacked' ? values.toReversed() : values)]
}

type Latest = { readonly current: CanvasProps }

function options(element: HTMLElement, latest: Latest, locale: string): uPlot.Options {
  const { kind = 'line', height = 240, series, colours, times, marks = [], write } = latest.current
  const ink = paintOf(element, 'ink-3')
  const line = paintOf(element, 'line')
  const lines = series.map((one, index) => seriesOptions(one, paintOf(element, `chart-${colours[index]}`), kind))
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
  const month = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'short' })
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const axis = { stroke: ink, font: `11px ${getComputedStyle(element).fontFamily}`, ticks: { show: false } }
  return {
    width: element.clientWidth,
    height,
    ...(marks.length > 0 ? { padding: [() => headroom(element, { marks, times }), null, null, null] } : {}),
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 7 },
      drag: { x: false, y: false },
      sync: { key: 'page' },
    },
    scales: { y: scaleOf(latest.current) },
    axes: [
      {
        ...axis,
        size: 28,
        grid: { show: false },
        values: (_plot, splits) =>
          splits.map((second) => {
            const format = isClock(second, splits) ? clock : isLong(splits) ? month : day
            return format.format(second * 1000)
          }),
      },
      {
        ...axis,
        grid: { stroke: line, width: 1 },
        size: (_plot, values) => 14 + 7 * Math.max(0, ...(values ?? []).map((value) => value?.length ?? 0)),
        values: (_plot, splits) => splits.map((value) => (value === null ? '' : write(value))),
      },
    ],
    series: [{}, ...(kind === 'stacked' ? lines.toReversed() : lines)],
    ...(kind === 'stacked' ? { bands: bandsOf(lines.toReversed()) } : intervalOf(latest.current, lines)),
    hooks: {
      setCursor: [(plot) => latest.current.onPlace(plot.cursor.idx ?? null)],
      draw: [
        (plot) => {
          if (latest.current.lastIsOpen) pale(plot, paintOf(element, 'page'))
          drawMarks(plot, { marks, times }, { ink, line: paintOf(element, 'edge'), page: paintOf(element, 'page') })
        },
      ],
      ready: [
        (plot) =>
          plot.over.addEventListener('click', () => {
            const { idx } = plot.cursor
            if (idx !== null && idx !== undefined) latest.current.onPick?.(idx)
          }),
      ],
    },
  }
}

function scaleOf({ scale = 'linear', range }: CanvasProps): uPlot.Scale {
  if (scale === 'log') return { distr: 3 }
  return { range: (_plot, _low, high) => (range ? [range[0], range[1]] : [0, high > 0 ? high * 1.08 : 1]) }
}

function intervalOf({ band }: CanvasProps, lines: readonly uPlot.Series[]): { bands?: uPlot.Band[] } {
  if (band === undefined) return {}
  const [low, high] = band
  const stroke = lines[high]?.stroke
  const fill = typeof stroke === 'string' ? translucent(stroke, 0.16) : undefined
  return { bands: [{ series: [high + 1, low + 1], fill }] }
}

/** Each area ends where the one below it begins; the lowest reaches the axis by its own fill. */
function bandsOf(lines: readonly uPlot.Series[]): uPlot.Band[] {
  return lines.slice(0, -1).map(({ fill }, index) => ({ series: [index + 1, index + 2], fill }))
}

/** Marks less than a day apart show the time, and midnight the day. */
function isClock(at: number, [first = 0, second = 0]: readonly number[]): boolean {
  const date = new Date(at * 1000)
  return second - first < 86_400 && date.getHours() * 60 + date.getMinutes() !== 0
}

/** Whether they lie a month or more apart: over so long a time, the year must be told. */
function isLong([first = 0, second = 0]: readonly number[]): boolean {
  return second - first >= 28 * 86_400
}

function seriesOptions({ label, dashed = false, width = 1.75 }: Series, colour: string, kind: string): uPlot.Series {
  const steps = uPlot.paths.stepped?.({ align: 1 })
  return {
    label,
    stroke: colour,
    width,
    points: { show: false },
    spanGaps: false,
    ...(dashed ? { dash: [5, 4] } : {}),
    ...(kind === 'stacked' ? { fill: translucent(colour) } : {}),
    ...(kind === 'steps' && steps ? { paths: steps } : {}),
  }
}

/** "rgb(1, 2, 3)" made see-through. */
function translucent(colour: string, part = 0.35): string {
  return colour.replace(/^rgb\((.+)\)$/, `rgba($1, ${part})`)
}

/** Lays a veil over the last stretch: it is not whole yet. */
function pale(plot: uPlot, page: string): void {
  const times = plot.data[0]
  const [before, last] = times.slice(-2)
  if (before === undefined || last === undefined) return
  const { ctx, bbox } = plot
  const from = plot.valToPos(before, 'x', true)
  ctx.save()
  ctx.globalAlpha = 0.6
  ctx.fillStyle = page
  ctx.fillRect(from, bbox.top, plot.valToPos(last, 'x', true) - from, bbox.height)
  ctx.restore()
}
