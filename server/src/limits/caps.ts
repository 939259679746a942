import { PaddockError } from '../base/errors.ts'
import { count } from './count.ts'

/** What one request of a key may ask for, so that no single one empties a wallet; null is no cap. */
export type Caps = {
  /** Tokens of each answer. */
  readonly outputTokensMax: number | null
  /** Answers asked for at once. */
  readonly choicesMax: number | null
  readonly imagesMax: number | null
  /** Bytes of text in the prompt. */
  readonly promptBytesMax: number | null
}

export type RequestFacts = {
  /** What the request allows for each answer; null if it does not say. */
  readonly maxTokens: number | null
  readonly n: number
  readonly imageCount: number
  readonly promptBytes: number
  /** What the request calls its parts. */
  readonly fields: { readonly conversation: string; readonly maxTokens: string }
}

type Check = {
  readonly cap: keyof Caps
  readonly asked: (facts: RequestFacts) => number
  readonly words: (fields: RequestFacts['fields']) => { readonly param: string; what: string; fix: string }
}

const CHECKS: readonly Check[] = [
  {
    cap: 'outputTokensMax',
    asked: ({ maxTokens }) => maxTokens ?? 0,
    words: ({ maxTokens }) => ({
      param: maxTokens,
      what: `Tokens for each answer (${maxTokens})`,
      fix: `Lower ${maxTokens}`,
    }),
  },
  {
    cap: 'choicesMax',
    asked: ({ n }) => n,
    words: () => ({ param: 'n', what: 'Answers at once (n)', fix: 'Lower n' }),
  },
  {
    cap: 'imagesMax',
    asked: ({ imageCount }) => imageCount,
    words: ({ conversation }) => ({
      param: conversation,
      what: 'Images in one request',
      fix: 'Send fewer images',
    }),
  },
  {
    cap: 'promptBytesMax',
    asked: ({ promptBytes }) => promptBytes,
    words: ({ conversation }) => ({
      param: conversation,
      what: 'Bytes of text in one prompt',
      fix: `Shorten the ${conversation}`,
    }),
  },
]

/**
 * Throws `cap_exceeded` for the first cap that a request exceeds. Returns the tokens to allow for each answer: a request
 * that names no number has to be sent on with the cap as its number. Null where neither names one.
 */
export function checkCaps(caps: Caps, facts: RequestFacts): { readonly maxTokens: number | null } {
  for (const { cap, asked, words } of CHECKS) {
    const most = caps[cap]
    if (most === null || asked(facts) <= most) continue
    const { param, what, fix } = words(facts.fields)
    throw new PaddockError('cap_exceeded', {
      message: `${what}: this key may ask for at most ${count(most)}, and this request asks for ${count(asked(facts))}. ${fix}, or ask an operator to raise the cap of the key.`,
      param: `/${param}`,
    })
  }
  return { maxTokens: facts.maxTokens ?? caps.outputTokensMax }
}
