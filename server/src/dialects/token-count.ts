import { setImmediate } from 'node:timers/promises'
import type * as Tokenizer from 'gpt-tokenizer/encoding/o200k_base'

/**
 * Counts tokens where a provider does not say. The tokenizer is o200k_base: the models' own for GPT-4o and later models
 * of OpenAI, and a stand-in for all others, whose counts differ by some tens of percent, more in some languages. That is
 * why an entry names the method its usage was found by.
 */

export type TokenCount = { readonly tokens: number; readonly method: string }

const METHOD = 'o200k_base'

/**
 * The tokenizer takes time by the square of an unbroken stretch (6 s for 100,000 times "a"), so text is counted in
 * pieces, with a turn of the event loop after each. Cutting before a space changes nothing; elsewhere it can add a token.
 */
const PIECE_LENGTH = 1_024
/** Counting a longer text exactly would be exact for the wrong reason: its rest is taken to be like its beginning. */
const COUNTED_LENGTH_MAX = 1_000_000

/** Between 2.8 (JSON) and 4.4 (Chinese, English) were measured; low, so that an estimate is rather too high than too low. */
const BYTES_PER_TOKEN = 3

let tokenizer: typeof Tokenizer | null = null

/** Loads the tokenizer when first used: 70 MB and some 200 ms, which a server that never needs it does not pay. */
export async function loadTokenizer(): Promise<typeof Tokenizer> {
  tokenizer ??= await import('gpt-tokenizer/encoding/o200k_base')
  return tokenizer
}

export async function countTokens(text: string): Promise<TokenCount> {
  const { countTokens: count } = await loadTokenizer()
  const counted = text.slice(0, COUNTED_LENGTH_MAX)
  let tokens = 0
  for (const piece of pieces(counted)) {
    tokens += count(piece, PLAIN_TEXT)
    await setImmediate()
  }
  if (counted.length === text.length) return { tokens, method: METHOD }
  const projected = Math.ceil((tokens * text.length) / counted.length)
  return { tokens: projected, method: `${METHOD}, projected from the first ${counted.length} characters` }
}

/** Counts a short text at once; null where the tokenizer is not loaded. */
export function countLoaded(text: string): number | null {
  if (tokenizer === null) return null
  let tokens = 0
  for (const piece of pieces(text)) tokens += tokenizer.countTokens(piece, PLAIN_TEXT)
  return tokens
}

/** A guess without looking: for holding money before anything is known. */
export function estimateTokens(byteLength: number): number {
  return Math.ceil(byteLength / BYTES_PER_TOKEN)
}

/** What looks like a special token is text here: callers write "<|endoftext|>" as they please. */
const PLAIN_TEXT = { disallowedSpecial: new Set<string>() }

function* pieces(text: string): Generator<string> {
  let from = 0
  while (from < text.length) {
    const to = cutBefore(text, from + PIECE_LENGTH)
    yield text.slice(from, to)
    from = to
  }
}

/** A place to cut: before a space in the second half of the piece, else anywhere but inside a character. */
function cutBefore(text: string, at: number): number {
  if (at >= text.length) return text.length
  const space = text.lastIndexOf(' ', at)
  if (space > at - PIECE_LENGTH / 2) return space
  const isLowSurrogate = (text.charCodeAt(at) & 0xfc00) === 0xdc00
  return isLowSurrogate ? at - 1 : at
}
