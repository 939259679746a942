import type { GatewayFigures } from './gateway-figures.ts'

/** Ratios that must not be passed, whatever the machine: benchmarks/budget.json. */

export type Limit = {
  readonly scenario: string
  /** Of which figure, of whom, to whose. */
  readonly figure: string
  readonly of: string
  readonly to: string
  readonly atMost?: number
  readonly atLeast?: number
}

export type Checked = { readonly limit: Limit; readonly ratio: number | null; readonly holds: boolean }

/** A ratio that was not measured, for want of a peer, holds: its ratio is null. */
export function checkLimits(limits: readonly Limit[], { scenarios }: Pick<GatewayFigures, 'scenarios'>): Checked[] {
  return limits.map((limit) => {
    const peers = scenarios[limit.scenario]?.peers ?? {}
    const [of, to] = [peers[limit.of]?.[limit.figure], peers[limit.to]?.[limit.figure]]
    if (of === undefined || to === undefined) return { limit, ratio: null, holds: true }
    const ratio = of / to
    return { limit, ratio, holds: ratio <= (limit.atMost ?? Infinity) && ratio >= (limit.atLeast ?? 0) }
  })
}

/** One line for a person: what was measured, and on which side of which limit it lies. */
export function describe({ limit, ratio, holds }: Checked): string {
  const { scenario, figure, of, to, atMost, atLeast } = limit
  const what = `${scenario}: ${figure} of ${of} is ${ratio === null ? '?' : ratio.toFixed(2)} times that of ${to}`
  const bounds = [atMost === undefined ? '' : `at most ${atMost}`, atLeast === undefined ? '' : `at least ${atLeast}`]
  const asked = bounds.filter(Boolean).join(' and ')
  if (ratio === null) return `not measured   ${what}; it should be ${asked}`
  return `${holds ? 'holds         ' : 'does NOT hold '} ${what}; it should be ${asked}`
}
