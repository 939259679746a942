import { escapeHtml } from './escape-html.ts'
import type { Bill, ChallengerReport, Report } from './report.ts'

/** Plots as inline SVG: no script, no font, no request leaves the page. Colours are classes, so that they follow day and night. */

const WIDTH = 440
const HEIGHT = 280
const LEFT = 46
const RIGHT = 14
const BOTTOM = 34
const TOP = 12
const TICKS = 5

type Scale = (value: number) => number

function scale(from: readonly [number, number], to: readonly [number, number]): Scale {
  const span = from[1] - from[0] || 1
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0])
}

/** Round numbers from low to high, about five of them. */
export function roundTicks(low: number, high: number): number[] {
  const rough = (high - low) / TICKS || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, place) => (first + place) * step)
}

/** 1, 2 and 5 times powers of ten from low to high. */
function powerTicks(low: number, high: number): number[] {
  const powers = Array.from({ length: 30 }, (_, place) => place - 15)
  return powers.flatMap((power) => [1, 2, 5].map((each) => each * 10 ** power)).filter((at) => at >= low && at <= high)
}

/** How the evidence grew: a line a challenger, proof where it reaches 100 %. Dashed: that it is too bad. */
export function evidencePlot({ challengers, items }: Report): string {
  const x = scale([0, Math.max(1, items.counted)], [LEFT, WIDTH - RIGHT])
  const y = scale([0, 1.1], [HEIGHT - BOTTOM, TOP])
  const pointsOf = (looks: ChallengerReport['looks'], of: 'goodEnough' | 'tooBad'): string =>
    looks.map((look) => `${x(look.n).toFixed(1)},${y(Math.min(1.1, look[of])).toFixed(1)}`).join(' ')
  const lines = challengers.map(({ looks, fate }, index) => {
    const last = looks.at(-1)
    const of = fate === 'inferior' ? 'tooBad' : 'goodEnough'
    const end =
      last && `<circle class="dot" cx="${x(last.n).toFixed(1)}" cy="${y(Math.min(1.1, last[of])).toFixed(1)}" r="4.5"/>`
    return `<g class="s${index + 1}"><polyline class="line" points="${pointsOf(looks, 'goodEnough')}"/><polyline class="line too-bad" points="${pointsOf(looks, 'tooBad')}"/>${end ?? ''}</g>`
  })
  const proof = `<line class="proof" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(1)}" y2="${y(1)}"/>`
  return figure(
    [
      yTicks([0, 0.25, 0.5, 0.75, 1], { to: y, label: (value) => `${100 * value} %` }),
      xTicks(roundTicks(0, Math.max(1, items.counted)), { to: x, label: String }),
      proof,
      ...lines,
    ],
    'How far the evidence has come, by items compared; 100 % is proof. Solid: good enough. Dashed: too bad.',
  )
}

/** What each model costs and how well it does; the line joins those that no other beats in both. */
export function hullPlot(report: Report): string {
  const points = [report.champion, ...report.challengers].flatMap((bill, index) =>
    bill.cost_per_call === null || bill.cost_per_call <= 0 ? [] : [{ bill, cost: 1000 * bill.cost_per_call, index }],
  )
  if (points.length === 0) return '<p class="quiet">No model has a price.</p>'
  const costs = points.map(({ cost }) => cost)
  const [cheapest, dearest] = [Math.min(...costs) / 1.6, Math.max(...costs) * 1.6]
  const x = (cost: number): number =>
    scale([Math.log(cheapest), Math.log(dearest)], [LEFT, WIDTH - RIGHT])(Math.log(cost))
  const scores = points.map(({ bill }) => bill.score)
  const room = Math.max(0.01, (Math.max(...scores) - Math.min(...scores)) * 0.2)
  const [low, high] = [Math.max(0, Math.min(...scores) - room), Math.min(1, Math.max(...scores) + room)]
  const y = scale([low, high], [HEIGHT - BOTTOM, TOP])
  const placed = points.map(({ bill, cost, index }) => ({
    index,
    name: short(bill.model),
    x: x(cost),
    y: y(bill.score),
  }))
  const joined = hullOf(points).map(({ bill, cost }) => `${x(cost).toFixed(1)},${y(bill.score).toFixed(1)}`)
  return figure(
    [
      yTicks(roundTicks(low, high), { to: y, label: (value) => `${Number((100 * value).toFixed(1))} %` }),
      xTicks(powerTicks(cheapest, dearest), { to: x, label: (value) => String(Number(value.toPrecision(1))) }),
      `<polyline class="hull" points="${joined.join(' ')}"/>`,
      ...placed.map(
        (each) => `<circle class="dot s${each.index}" cx="${each.x.toFixed(1)}" cy="${each.y.toFixed(1)}" r="6"/>`,
      ),
      ...labelsOf(placed),
    ],
    `${report.judge === null ? 'Share of items right' : 'Share in which it is preferred'} by cost of a thousand calls in ${report.config.currency}, each step of the scale a multiple. Along the line nobody is both cheaper and better.`,
  )
}

type Placed = { readonly index: number; readonly name: string; readonly x: number; readonly y: number }

const LABEL_HEIGHT = 16

/** Names beside their dots, moved up or down where they would cover each other. */
function labelsOf(dots: readonly Placed[]): string[] {
  let free = -Infinity
  return dots
    .toSorted((one, other) => one.y - other.y)
    .map(({ index, name, x, y }) => {
      const at = Math.max(y + 4, free)
      free = at + LABEL_HEIGHT
      const isRight = x > WIDTH / 2
      return `<text class="name s${index}" x="${(x + (isRight ? -12 : 12)).toFixed(1)}" y="${at.toFixed(1)}" text-anchor="${isRight ? 'end' : 'start'}">${escapeHtml(name)}</text>`
    })
}

const SPAN_WIDTH = 320
const SPAN_HEIGHT = 54

/** Where a challenger's difference may lie, all challengers on one scale; shaded: worse than allowed. */
export function intervalPlot({ interval, difference, n }: ChallengerReport, { challengers, config }: Report): string {
  const known = challengers.filter((each) => each.n > 0)
  const low = Math.min(-1.5 * config.margin, ...known.map((each) => each.interval.low))
  const high = Math.max(config.margin, ...known.map((each) => each.interval.high))
  const x = scale([low, high], [8, SPAN_WIDTH - 8])
  const mark = (at: number, label: string): string =>
    `<line class="axis" x1="${x(at)}" x2="${x(at)}" y1="6" y2="34"/><text x="${x(at)}" y="50" text-anchor="middle">${label}</text>`
  const margin = `−${Number((100 * config.margin).toFixed(2))} pp`
  const span =
    n === 0
      ? ''
      : `<line class="span" x1="${x(interval.low)}" x2="${x(interval.high)}" y1="20" y2="20"/><circle class="mean" cx="${x(difference)}" cy="20" r="6"/>`
  return `<svg viewBox="0 0 ${SPAN_WIDTH} ${SPAN_HEIGHT}" role="img" aria-label="Interval of the difference; no worse than ${margin} is allowed"><rect class="zone" x="0" y="6" width="${x(-config.margin)}" height="28"/>${mark(-config.margin, margin)}${mark(0, '0')}${span}</svg>`
}

/** Cheapest first, each better than all cheaper ones. */
export function hullOf<Point extends { readonly cost: number; readonly bill: Pick<Bill, 'score'> }>(
  points: readonly Point[],
): Point[] {
  let best = -Infinity
  return points
    .toSorted((one, other) => one.cost - other.cost || other.bill.score - one.bill.score)
    .filter(({ bill }) => {
      if (bill.score <= best) return false
      best = bill.score
      return true
    })
}

type Ticks = { readonly to: Scale; readonly label: (value: number) => string }

function yTicks(at: readonly number[], { to, label }: Ticks): string {
  return at
    .map(
      (value) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${to(value).toFixed(1)}" y2="${to(value).toFixed(1)}"/><text x="${LEFT - 8}" y="${(to(value) + 4).toFixed(1)}" text-anchor="end">${label(value)}</text>`,
    )
    .join('')
}

function xTicks(at: readonly number[], { to, label }: Ticks): string {
  return at
    .map(
      (value) =>
        `<text x="${to(value).toFixed(1)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${label(value)}</text>`,
    )
    .join('')
}

function figure(parts: readonly string[], caption: string): string {
  const frame = `<path class="axis" d="M${LEFT} ${HEIGHT - BOTTOM}H${WIDTH - RIGHT}"/>`
  return `<figure class="card"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(caption)}">${parts.join('\n')}${frame}</svg><figcaption>${escapeHtml(caption)}</figcaption></figure>`
}

/** A model without its provider, and not longer than there is room. */
export function short(model: string): string {
  const name = model.slice(model.indexOf('/') + 1)
  return name.length > 26 ? `${name.slice(0, 25)}…` : name
}
