/** A mean in which what is old counts less: half as much after every half-life. Pure; times in milliseconds. */
export type DecayedMean = { readonly sum: number; readonly weight: number; readonly at: number }

export const NOTHING_SEEN: DecayedMean = { sum: 0, weight: 0, at: 0 }

export type Sample = { readonly value: number; readonly weight?: number; readonly at: number }

/** Times may come out of order by a little; the mean never decays backwards. */
export function withSample(mean: DecayedMean, { value, weight = 1, at }: Sample, halfLifeMs: number): DecayedMean {
  const left = remaining(mean, at, halfLifeMs)
  return { sum: mean.sum * left + value * weight, weight: mean.weight * left + weight, at: Math.max(mean.at, at) }
}

/** The mean, or null when less than `weightMin` is left of all that was seen. */
export function valueOf(
  mean: DecayedMean,
  { now, halfLifeMs, weightMin }: { now: number; halfLifeMs: number; weightMin: number },
): number | null {
  if (mean.weight === 0 || mean.weight * remaining(mean, now, halfLifeMs) < weightMin) return null
  return mean.sum / mean.weight
}

function remaining({ at }: DecayedMean, now: number, halfLifeMs: number): number {
  return 0.5 ** (Math.max(0, now - at) / halfLifeMs)
}
