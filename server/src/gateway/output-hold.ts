import type { Hold } from '../books/budgets/hold.ts'
import type { Seen } from '../dialects/relay.ts'
import { countLoaded } from '../dialects/token-count.ts'
import { BYTES_PER_TOKEN_MIN } from './worst-case.ts'

/** Money that is held for an answer, by its tokens. */
export type OutputHold = {
  /** What its provider was told as the limit of an answer, where that is less than was asked for. */
  readonly maxTokens: number | null
  /** Whether it may have to end before its provider ends it. */
  readonly mayCut: boolean
  /** Whether all that has come, and what is on its way, is held; holds more where it has to and can. */
  covers(seen: Pick<Seen, 'events' | 'written' | 'writtenBytes'>): boolean
}

/** So many tokens of an answer are held at once, so that a large limit does not keep the money from others. */
export const STEP_TOKENS = 1_024
/** With so many steps at hand a stream is far from its end. */
const STEPS_AMPLE = 16
/** A provider that is told to stop has some on the way. */
const MARGIN_TOKENS = 16

/** For a whole answer, or one that is held as a whole: nothing is to be done while it comes. */
export function wholeHold(maxTokens: number | null): OutputHold {
  return { maxTokens, mayCut: false, covers: () => true }
}

type Steps = {
  readonly hold: Hold
  readonly amounts: (tokens: number) => bigint[]
  /** What is held already. */
  readonly tokens: number
  /** What the caller allows; null where it does not say. */
  readonly tokensMax: number | null
}

/**
 * For a stream: holds in steps, ahead of what comes. What has come is at first taken to be as many tokens as its bytes can
 * be; where there is no money for that many, they are counted.
 */
export function steppedHold({ hold, amounts, tokens, tokensMax }: Steps): OutputHold {
  const most = tokensMax ?? Infinity
  const counted = { tokens: 0, bytes: 0, length: 0 }
  let held = tokens
  const isHeld = ({ events, writtenBytes }: Pick<Seen, 'events' | 'writtenBytes'>): boolean => {
    const rest = Math.ceil((writtenBytes - counted.bytes) / BYTES_PER_TOKEN_MIN)
    const needed = Math.min(most, Math.max(events, counted.tokens + rest) + MARGIN_TOKENS)
    if (needed <= held) return true
    const more = mostThatFits(hold, amounts, {
      least: needed,
      goal: Math.min(most, Math.max(held + STEP_TOKENS, needed)),
    })
    if (more === null) return false
    hold.raise(amounts(more))
    held = more
    return true
  }
  return {
    maxTokens: null,
    mayCut: true,
    covers: (seen) => {
      // An event has a token or more. When all that was asked for is held, only a provider that ignores its limit sends more.
      if (held === most) return seen.events <= most + 2 * MARGIN_TOKENS
      if (isHeld(seen)) return true
      const more = countLoaded(seen.written.slice(counted.length))
      if (more === null) return false
      counted.tokens += more
      counted.bytes = seen.writtenBytes
      counted.length = seen.written.length
      return isHeld(seen)
    },
  }
}

/** Whether a stream may soon have to be counted, because little more can be held than there is. */
export function isScarce(hold: Hold, amounts: (tokens: number) => bigint[]): boolean {
  return hold.firstShort(amounts(STEPS_AMPLE * STEP_TOKENS)) !== null
}

/** The most tokens, up to a goal, that every hard budget has room for; null where there is none even for the least. */
export function mostThatFits(
  hold: Hold,
  amounts: (tokens: number) => bigint[],
  { least, goal }: { readonly least: number; readonly goal: number },
): number | null {
  const fits = (tokens: number): boolean => hold.firstShort(amounts(tokens)) === null
  if (fits(goal)) return goal
  if (!fits(least)) return null
  let [low, high] = [least, goal]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}
