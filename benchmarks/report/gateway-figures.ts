import { newestResult, type Machine } from './results.ts'

/** What benchmarks/gateway.ts prints. */
export type GatewayFigures = {
  readonly rounds: number
  readonly pinned: boolean
  readonly scenarios: Readonly<Record<string, Scenario>>
  readonly 'entries for each answer': Readonly<Record<string, number>>
  /** Why a peer is not in it. */
  readonly absent: Readonly<Record<string, string>>
}

/** One run of a scenario over all who can do it: the medians, and why others are not in it. */
export type Scenario = {
  readonly stream: boolean
  readonly load: readonly number[]
  readonly peers: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly failed: Readonly<Record<string, string>>
}

export type GatewayResult = { readonly at: string; readonly machine: Machine; readonly figures: GatewayFigures }

export function newestGateway(): GatewayResult | null {
  return newestResult('gateway', 'scenarios') as GatewayResult | null
}
