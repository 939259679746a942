import type { Speed } from '../measures.ts'
import type { Rank, Ranked, Unit } from './rank.ts'

/** The share of requests that try another candidate first, so that one which has become faster is noticed. */
const EXPLORED_SHARE = 0.01

/**
 * The candidate expected to finish this request's answer soonest: its first byte, then the tokens at its pace. What was not
 * measured lately comes first, in the order written, and is thereby measured.
 */
export const rankBySpeed: Rank = (units, senses) => {
  const ranked = units
    .map((unit) => {
      const seen = senses.speed(unit.first)
      return { unit, ms: seen === null ? 0 : expectedMs(seen, senses.request.outputTokens), reason: describe(seen) }
    })
    .sort((one, other) => one.ms - other.ms)
  return ranked.length > 1 && senses.random() < EXPLORED_SHARE ? explore(ranked, senses.random()) : ranked
}

function expectedMs({ firstByteMs, tokensPerSecond }: Speed, outputTokens: number): number {
  return firstByteMs + (tokensPerSecond === null ? 0 : (outputTokens * 1_000) / tokensPerSecond)
}

function describe(speed: Speed | null): string {
  if (speed === null) return 'not measured lately, so tried'
  const pace = speed.tokensPerSecond === null ? '' : `, then ${speed.tokensPerSecond.toFixed(0)} tokens/s`
  return `first byte after ${speed.firstByteMs.toFixed(0)} ms${pace}`
}

/** One of the others to the front. */
function explore([best, ...others]: readonly Ranked[], chance: number): readonly Ranked[] {
  const chosen = others[Math.floor(chance * others.length)]
  if (best === undefined || chosen === undefined) return []
  const first: { unit: Unit; reason: string } = {
    unit: chosen.unit,
    reason: 'tried to see whether it has become faster',
  }
  return [first, best, ...others.filter((each) => each !== chosen)]
}
