import { countOf, logEvidence, type Sample } from './evidence.ts'
import { proof, type Proof } from './gate.ts'

/**
 * What must not get worse while quality and cost are looked at. Each is a score from 0 to 1 and goes through the same gate as
 * quality, so that a threshold is never crossed by chance alone.
 */
export const GUARDRAILS = {
  /** 1 when the answer came whole and well-formed, 0 for 5xx, time-out, empty, refused, broken schema. */
  errors: { margin: 0.02 },
  /** 1 when the answer took no longer than the champion's own 95th percentile of the days before. */
  latency: { margin: 0.05 },
  /** The same for the first token of a stream. */
  firstToken: { margin: 0.05 },
} as const

/** α_harm of guardrails: a false alarm stops a race. */
export const ALPHA_ALARM = 0.01

/** Calls of the champion before its 95th percentile is known well enough. */
const LATENCIES_MIN = 500

/**
 * The champion's 95th percentile, frozen for a race as the bound of "in time"; null with fewer than 500 calls. The quantile
 * test in Bernoulli form: about 5 % of the champion's own calls are late.
 */
export function latencyBound(championMs: readonly number[]): number | null {
  if (championMs.length < LATENCIES_MIN) return null
  const sorted = championMs.toSorted((one, other) => one - other)
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null
}

/** Calls before the tripwire may fire: the first few may share one cause, such as a connection that was being opened. */
const TRIPWIRE_CALLS_MIN = 5

export type Tripwire = Proof & { readonly fired: boolean }

/**
 * The challenger alone against a fixed reference (the champion's error rate plus the margin): fires within tens of calls when
 * something is broken, without waiting for a comparison. H0: the error rate is at most the reference.
 */
export function tripwire(
  calls: { readonly ok: number; readonly failed: number },
  reference: number,
  alpha: number = ALPHA_ALARM,
): Tripwire {
  const sample: Sample = {
    counts: [
      [0, calls.ok],
      [1, calls.failed],
    ],
    low: 0,
    high: 1,
  }
  const evidence = proof(logEvidence('above', [sample], reference), Math.log(1 / alpha))
  return { ...evidence, fired: countOf([sample]) >= TRIPWIRE_CALLS_MIN && evidence.progress >= 1 }
}
