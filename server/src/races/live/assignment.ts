import { createHmac } from 'node:crypto'
import { assignArm, type Arm } from '../assign.ts'
import type { LiveRace, Phase } from './live-race.ts'

/** What is known of a request when it is assigned. */
export type Assigned = {
  readonly request: string
  readonly organisation: string
  readonly key: string
  readonly user: string | null
  readonly session: string | null
}

/** The arm of a request, and the unit it is counted for: in the last phase, since that is the one that runs. */
export function assign(
  { id, config, phases }: Pick<LiveRace, 'id' | 'config' | 'phases'>,
  request: Assigned,
): { readonly arm: string; readonly unit: string; readonly phase: number } | null {
  const phase = phases.at(-1)
  if (phase === undefined) return null
  const unit = unitOf(config, id, request)
  const arm = assignArm(unit, phase.arms, { seed: config.seed, place: placeOf(id, phase) })
  return { arm, unit, phase: phases.length - 1 }
}

/** The challenger a repeated request goes to: each the same share, and never a matter of what was asked. */
export function assignShadow(
  { id, config }: Pick<LiveRace, 'id' | 'config'>,
  unit: string,
  challengers: readonly string[],
): string | null {
  if (challengers.length === 0) return null
  const arms = challengers.map((name): Arm => ({ name, share: 1 / challengers.length }))
  return assignArm(unit, arms, { seed: config.seed, place: `${id}|shadow` })
}

/** All phases of the race proper share their luck, so that a larger share only adds units; the watch draws anew. */
function placeOf(id: string, { kind }: Phase): string {
  return `${id}|${kind}`
}

/** Nobody's name is kept: units are keyed hashes, each race with its own key. */
function unitOf({ unit, seed }: LiveRace['config'], id: string, request: Assigned): string {
  const { organisation, key, user, session } = request
  const name = {
    user: user ?? key,
    conversation: session ?? request.request,
    request: request.request,
  }[unit]
  const digest = createHmac('sha256', seed).update(JSON.stringify([id, organisation, unit, name]))
  return digest.digest('hex').slice(0, 32)
}
