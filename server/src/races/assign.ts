import { createHmac } from 'node:crypto'

/** An arm and the share of the units it is to get. Shares add up to 1. */
export type Arm = { readonly name: string; readonly share: number }

/**
 * The arm of a unit (a user, a conversation, a request): the first whose summed share exceeds u, with u the first 53 bits of
 * HMAC-SHA256(seed, place + unit) as a fraction. The same unit always has the same arm, on every node; with the challenger
 * listed first, a larger share only moves units into it. `place` names race, epoch and phase, so that races do not share their luck.
 */
export function assignArm(
  unit: string,
  arms: readonly Arm[],
  { seed, place }: { seed: string; place: string },
): string {
  const digest = createHmac('sha256', seed).update(`${place}|${unit}`).digest()
  const u = Number(digest.readBigUInt64BE() >> 11n) / 2 ** 53
  let reached = 0
  for (const { name, share } of arms) {
    reached += share
    if (u < reached) return name
  }
  const last = arms.at(-1)
  if (last === undefined) throw new Error('a race has arms')
  return last.name
}
