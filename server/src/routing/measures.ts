import { boundedMap } from './bounded-map.ts'
import { NOTHING_SEEN, valueOf, withSample, type DecayedMean } from './decayed-mean.ts'
import type { Answered } from './outcome.ts'
import { recentTimes, type RecentTimes } from './recent-times.ts'

/** How fast each target answers and how much of its prompts it reads from its cache, measured on the requests themselves. */
export type Measures = {
  answered(target: string, answer: Answered, now: number): void
  failed(target: string, now: number): void
  /** It had said nothing for so long when it was given up. */
  silent(target: string, heard: { readonly ms: number; readonly stream: boolean }): void
  /** Null until something was seen, and again when that is too long ago. */
  speed(target: string, now: number): Speed | null
  /** The share of prompt tokens that came from the provider's cache, 0 to 1; 0 where nothing is known. */
  cachedShare(target: string, now: number): number
  /** The time within which 95 of 100 streams began, or 95 of 100 whole answers were there; null while too few were seen. */
  silenceMsP95(target: string, stream: boolean): number | null
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

type Measured = {
  readonly firstByteMs: DecayedMean
  readonly tokensPerSecond: DecayedMean
  readonly cachedShare: DecayedMean
  /** How long streams, and answers that come whole, said nothing. */
  readonly silences: { readonly streams: RecentTimes; readonly wholes: RecentTimes }
}

function nothingMeasured(): Measured {
  return {
    firstByteMs: NOTHING_SEEN,
    tokensPerSecond: NOTHING_SEEN,
    cachedShare: NOTHING_SEEN,
    silences: { streams: recentTimes(), wholes: recentTimes() },
  }
}

export function openMeasures(): Measures {
  const measured = boundedMap<Measured>(TARGETS_MAX)
  return {
    answered: (target, answer, now) => {
      const before = measured.get(target) ?? nothingMeasured()
      silencesOf(before, answer.firstByteMs !== null).add(answer.firstByteMs ?? answer.durationMs)
      measured.set(target, withAnswer(before, answer, now))
    },
    failed: (target, now) => {
      const before = measured.get(target) ?? nothingMeasured()
      const sample = { value: FAILED_FIRST_BYTE_MS, at: now }
      measured.set(target, { ...before, firstByteMs: withSample(before.firstByteMs, sample, SPEED_HALF_LIFE_MS) })
    },
    silent: (target, { ms, stream }) => {
      const before = measured.get(target) ?? nothingMeasured()
      silencesOf(before, stream).add(ms)
      measured.set(target, before)
    },
    speed: (target, now) => speedOf(measured.get(target), now),
    cachedShare: (target, now) => {
      const { cachedShare = NOTHING_SEEN } = measured.get(target) ?? {}
      return valueOf(cachedShare, { now, halfLifeMs: CACHE_HALF_LIFE_MS, weightMin: CACHE_WEIGHT_MIN }) ?? 0
    },
    silenceMsP95: (target, stream) => {
      const seen = measured.get(target)
      return seen ? silencesOf(seen, stream).percentile95() : null
    },
  }
}

function silencesOf({ silences }: Measured, stream: boolean): RecentTimes {
  return stream ? silences.streams : silences.wholes
}

function withAnswer(before: Measured, { firstByteMs, durationMs, usage }: Answered, now: number): Measured {
  const output = usage.output + usage.reasoning
  const prompt = usage.input + usage.cached_input + usage.cache_write + usage.cache_write_1h
  // An answer that comes whole has no first byte of its own: its time is all in the pace.
  const silentMs = firstByteMs ?? 0
  const pace = { value: (output * 1_000) / Math.max(1, durationMs - silentMs), at: now }
  const cached = { value: usage.cached_input / prompt, weight: prompt, at: now }
  return {
    silences: before.silences,
    firstByteMs: withSample(before.firstByteMs, { value: silentMs, at: now }, SPEED_HALF_LIFE_MS),
    tokensPerSecond:
      output === 0 ? before.tokensPerSecond : withSample(before.tokensPerSecond, pace, SPEED_HALF_LIFE_MS),
    cachedShare: prompt === 0 ? before.cachedShare : withSample(before.cachedShare, cached, CACHE_HALF_LIFE_MS),
  }
}

function speedOf(measured: Measured | undefined, now: number): Speed | null {
  if (measured === undefined) return null
  const { firstByteMs, tokensPerSecond } = measured
  const recent = { now, halfLifeMs: SPEED_HALF_LIFE_MS, weightMin: SPEED_WEIGHT_MIN }
  const first = valueOf(firstByteMs, recent)
  return first === null ? null : { firstByteMs: first, tokensPerSecond: valueOf(tokensPerSecond, recent) }
}
