import type { Bill, ChallengerReport, Report } from './report.ts'
import { escapeHtml } from './escape-html.ts'

/** Plots as inline SVG: no script, no font, no request leaves the page. */

const WIDTH = 720
const HEIGHT = 300
const LEFT = 56
const BOTTOM = 36
const RIGHT = 170
const TOP = 12
export const COLOURS = ['#2563eb', '#d97706', '#059669', '#c026d3', '#dc2626']

type Scale = (value: number) => number

function scale(from: readonly [number, number], to: readonly [number, number]): Scale {
  const span = from[1] - from[0] || 1
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0])
}

/** How the evidence grew: a line a challenger, proof where it reaches 100 %. Dashed: that it is too bad. */
export function evidencePlot({ challengers, items }: Report): string {
  const x = scale([0, Math.max(1, items.counted)], [LEFT, WIDTH - RIGHT])
  const y = scale([0, 1.1], [HEIGHT - BOTTOM, TOP])
  const line = (looks: ChallengerReport['looks'], of: 'goodEnough' | 'tooBad'): string =>
    looks.map((look) => `${x(look.n).toFixed(1)},${y(Math.min(1.1, look[of])).toFixed(1)}`).join(' ')
  const lines = challengers.map(({ looks, model }, index) => {
    const colour = COLOURS[index % COLOURS.length] ?? ''
    const label = `<text x="${WIDTH - RIGHT + 8}" y="${TOP + 16 + 18 * index}" fill="${colour}">${escapeHtml(short(model))}</text>`
    return `<polyline points="${line(looks, 'goodEnough')}" fill="none" stroke="${colour}" stroke-width="2"/>
<polyline points="${line(looks, 'tooBad')}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-dasharray="5 4"/>${label}`
  })
  const threshold = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(1)}" y2="${y(1)}" class="mark"/>`
  return figure(
    [
      ticks({ axis: 'y', at: [0, 0.5, 1], to: y, label: (value) => `${100 * value} %` }),
      ticks({ axis: 'x', at: [0, Math.round(items.counted / 2), items.counted], to: x, label: String }),
      threshold,
      ...lines,
    ],
    'Evidence by items compared; 100 % is proof. Solid: good enough. Dashed: too bad.',
  )
}

/** What each model costs and how well it does; the line joins those that no other beats in both. */
export function hullPlot(report: Report): string {
  const points = [report.champion, ...report.challengers].flatMap((bill, index) =>
    bill.cost_per_call === null ? [] : [{ bill, cost: bill.cost_per_call, index }],
  )
  const costs = points.map(({ cost }) => cost)
  const scores = points.map(({ bill }) => bill.score)
  const x = scale([0, Math.max(...costs) * 1.05], [LEFT, WIDTH - RIGHT])
  const [low, high] = [Math.min(...scores), Math.max(...scores)]
  const y = scale([low - 0.02, high + 0.02], [HEIGHT - BOTTOM, TOP])
  const dots = points.map(({ bill, cost, index }) => {
    const colour = index === 0 ? '#111827' : (COLOURS[(index - 1) % COLOURS.length] ?? '')
    const at = `cx="${x(cost).toFixed(1)}" cy="${y(bill.score).toFixed(1)}"`
    const place = `x="${(x(cost) + 9).toFixed(1)}" y="${(y(bill.score) + 4).toFixed(1)}"`
    return `<circle ${at} r="5" fill="${colour}"/><text ${place} fill="${colour}">${escapeHtml(short(bill.model))}</text>`
  })
  const joined = hullOf(points).map(({ bill, cost }) => `${x(cost).toFixed(1)},${y(bill.score).toFixed(1)}`)
  return figure(
    [
      ticks({ axis: 'y', at: [low, high], to: y, label: (value) => `${(100 * value).toFixed(1)} %` }),
      ticks({ axis: 'x', at: [0, Math.max(...costs)], to: x, label: (value) => value.toPrecision(2) }),
      `<polyline points="${joined.join(' ')}" class="mark" fill="none"/>`,
      ...dots,
    ],
    `Share of items right by mean cost of a call in ${report.config.currency}. The line: nobody is both cheaper and better.`,
  )
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

type Ticks = {
  readonly axis: 'x' | 'y'
  readonly at: readonly number[]
  readonly to: Scale
  readonly label: (value: number) => string
}

function ticks({ axis, at, to, label }: Ticks): string {
  return at
    .map((value) =>
      axis === 'y'
        ? `<text x="${LEFT - 8}" y="${to(value) + 4}" text-anchor="end">${label(value)}</text>`
        : `<text x="${to(value)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${label(value)}</text>`,
    )
    .join('')
}

function figure(parts: readonly string[], caption: string): string {
  const frame = `M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(caption)}"><path d="${frame}" class="axis"/>${parts.join('\n')}</svg><figcaption>${escapeHtml(caption)}</figcaption></figure>`
}

/** A model without its provider, and not longer than there is room. */
function short(model: string): string {
  const name = model.slice(model.indexOf('/') + 1)
  return name.length > 22 ? `${name.slice(0, 21)}…` : name
}
