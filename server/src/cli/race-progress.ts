import { formatPico, type Pico } from '../money/fixed-point.ts'
import { differenceInterval } from '../races/gate.ts'
import type { RaceConfig } from '../races/dataset/config.ts'
import type { Progress } from '../races/dataset/race.ts'
import { points } from '../races/dataset/report-html.ts'
import type { Place } from '../races/dataset/scoreboard.ts'

const BAR_WIDTH = 20

/** How a race stands, in a few lines: what is done and spent, and for each challenger its evidence and interval. */
export function progressLines({ scoreboard, items, spent }: Progress, config: RaceConfig): string[] {
  const places = scoreboard.places()
  const width = Math.max(...places.map(({ standing }) => standing.name.length))
  const spentText = formatPico(spent as Pico).slice(0, -8)
  return [
    `${items} of at most ${scoreboard.trialsMax} items, spent ${spentText} ${config.currency}`,
    ...places.map((place) => challengerLine(place, { width, alpha: config.alpha })),
  ]
}

function challengerLine(place: Place, { width, alpha }: { width: number; alpha: number }): string {
  const { standing, fate, compared } = place
  const { quality, guardrails, cost } = standing
  if (quality.n === 0) return `  ${standing.name.padEnd(width)}`
  const { low, high } = differenceInterval(compared, alpha)
  const waits = [
    ...(quality.state === 'open' ? ['quality'] : []),
    ...(guardrails['errors']?.state === 'open' ? ['errors'] : []),
    ...(cost?.state === 'open' ? ['cost'] : []),
  ]
  const says = fate === 'running' ? `waits for ${waits.join(', ') || 'more items'}` : fate
  return `  ${standing.name.padEnd(width)} ${bar(quality.goodEnough.progress)} good enough  ${bar(quality.tooBad.progress)} too bad  ${points(quality.mean)} [${points(low)}, ${points(high)}]  ${says}`
}

/** Full is proof. */
function bar(progress: number): string {
  const full = Math.round(Math.min(1, progress) * BAR_WIDTH)
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full)
}
