import { boundedMap } from './bounded-map.ts'
import { NOTHING_SEEN, valueOf, withSample, type DecayedMean } from './decayed-mean.ts'
import type { Answered } from './outcome.ts'

/** How fast each target answers and how much of its prompts it reads from its cache, measured on the requests themselves. */
export type Measures = {
  answered(target: string, answer: Answered, now: number): void
  failed(target: string, now: number): void
  /** Null until something was seen, and again when that is too long ago. */
  speed(target: string, now: number): Speed | null
  /** The share of prompt tokens that came from the provider's cache, 0 to 1; 0 where nothing is known. */
  cachedShare(target: string, now: number): number
  /** The time within which 95 of 100 first bytes came; null while too few were seen. */
  firstByteMsP95(target: string): number | null
}

export type Speed = { readonly firstByteMs: number; readonly tokensPerSecond: number | null }

const TARGETS_MAX = 10_000
const SPEED_HALF_LIFE_MS = 300_000
/** Of one measurement, this much is left after a bit more than a quarter of an hour; then it is forgotten. */
const SPEED_WEIGHT_MIN = 0.1
const CACHE_HALF_LIFE_MS = 1_800_000
/** Prompt tokens that must be left over to believe a share. */
const CACHE_WEIGHT_MIN = 1_000
/** A failure counts as a first byte that took this long, so that what fails is not taken for fast. */
const FAILED_FIRST_BYTE_MS = 60_000
const FIRST_BYTES_KEPT = 200
const FIRST_BYTES_MIN = 20

type Measured = {
  readonly firstByteMs: DecayedMean
  readonly tokensPerSecond: DecayedMean
  readonly cachedShare: DecayedMean
  /** The latest times of a first byte, newest last. */
  readonly firstBytes: readonly number[]
}

const NOTHING_MEASURED: Measured = {
  firstByteMs: NOTHING_SEEN,
  tokensPerSecond: NOTHING_SEEN,
  cachedShare: NOTHING_SEEN,
  firstBytes: [],
}

export function openMeasures(): Measures {
  const measured = boundedMap<Measured>(TARGETS_MAX)
  const of = (target: string): Measured => measured.get(target) ?? NOTHING_MEASURED
  return {
    answered: (target, answer, now) => {
      measured.set(target, withAnswer(of(target), answer, now))
    },
    failed: (target, now) => {
      const before = of(target)
      const sample = { value: FAILED_FIRST_BYTE_MS, at: now }
      measured.set(target, { ...before, firstByteMs: withSample(before.firstByteMs, sample, SPEED_HALF_LIFE_MS) })
    },
    speed: (target, now) => speedOf(of(target), now),
    cachedShare: (target, now) =>
      valueOf(of(target).cachedShare, { now, halfLifeMs: CACHE_HALF_LIFE_MS, weightMin: CACHE_WEIGHT_MIN }) ?? 0,
    firstByteMsP95: (target) => percentile95(of(target).firstBytes),
  }
}

function withAnswer(before: Measured, { firstByteMs, durationMs, usage }: Answered, now: number): Measured {
  const output = usage.output + usage.reasoning
  const prompt = usage.input + usage.cached_input + usage.cache_write + usage.cache_write_1h
  const writingMs = durationMs - (firstByteMs ?? 0)
  const pace = output > 0 && writingMs > 0 ? (output * 1_000) / writingMs : null
  return {
    // An answer that comes whole has no first byte of its own: its time is all in the pace.
    firstByteMs: withSample(before.firstByteMs, { value: firstByteMs ?? 0, at: now }, SPEED_HALF_LIFE_MS),
    tokensPerSecond:
      pace === null
        ? before.tokensPerSecond
        : withSample(before.tokensPerSecond, { value: pace, at: now }, SPEED_HALF_LIFE_MS),
    cachedShare:
      prompt === 0
        ? before.cachedShare
        : withSample(
            before.cachedShare,
            { value: usage.cached_input / prompt, weight: prompt, at: now },
            CACHE_HALF_LIFE_MS,
          ),
    firstBytes: firstByteMs === null ? before.firstBytes : [...before.firstBytes, firstByteMs].slice(-FIRST_BYTES_KEPT),
  }
}

function speedOf({ firstByteMs, tokensPerSecond }: Measured, now: number): Speed | null {
  const recent = { now, halfLifeMs: SPEED_HALF_LIFE_MS, weightMin: SPEED_WEIGHT_MIN }
  const first = valueOf(firstByteMs, recent)
  return first === null ? null : { firstByteMs: first, tokensPerSecond: valueOf(tokensPerSecond, recent) }
}

function percentile95(times: readonly number[]): number | null {
  if (times.length < FIRST_BYTES_MIN) return null
  const sorted = times.toSorted((one, other) => one - other)
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null
}
