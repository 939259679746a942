import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { PaddockError } from '../base/errors.ts'
import type { Bound, Convert } from '../books/budgets/hold.ts'
import { whose } from '../books/budgets/refusals.ts'
import type { Named } from '../books/budgets/rules.ts'
import type { Charging } from '../books/charge.ts'
import type { ReadRequest } from '../dialects/dialect.ts'
import { parsePico, type Pico } from '../money/fixed-point.ts'
import type { PriceBook } from '../prices/book.ts'
import { fullName, priceName, type Target } from '../routing/target.ts'

/** What a request costs at most, before anything is known of its answer. */

/**
 * A prompt has fewer tokens than this says: texts have 2.8 bytes a token and more, and chat templates add some to each
 * message. An image is at most what the largest of the common ways of counting makes of it.
 */
export const BYTES_PER_TOKEN_MIN = 2
const TOKENS_PER_MESSAGE = 16
const TOKENS_PER_REQUEST = 32
const TOKENS_PER_IMAGE = 1_700

export function promptTokensMost({ promptBytes, messageCount, imageCount }: ReadRequest): number {
  const text = Math.ceil(promptBytes / BYTES_PER_TOKEN_MIN)
  return text + messageCount * TOKENS_PER_MESSAGE + imageCount * TOKENS_PER_IMAGE + TOKENS_PER_REQUEST
}

/** The ways a prompt and an answer can be billed, each with the name of its counter. */
const PROMPT_WAYS = ['input', 'cache_write', 'cache_write_1h'] as const satisfies readonly (keyof Usage)[]
const ANSWER_WAYS = ['output', 'reasoning'] as const satisfies readonly (keyof Usage)[]

export type Price = { readonly amount: Pico; readonly currency: string }

/** What there is to know about a request to say what it may cost. */
export type Costing = {
  readonly prices: PriceBook
  readonly charging: Charging
  readonly organisation: Named
  readonly convert: Convert
  readonly at: number
  readonly promptTokens: number
  readonly choices: number
  /** What was worked out for this request already. */
  readonly known: Map<string, Price | null>
}

/** The most that a caller may be charged at a target for answers of so many tokens; null where there is no price. */
export function worstCharge(costing: Costing, target: Target, tokens: number): Price | null {
  const name = `${tokens} ${fullName(target)}`
  const known = costing.known.get(name)
  if (known !== undefined) return known
  const worst = findWorst(costing, priceName(target), tokens)
  costing.known.set(name, worst)
  return worst
}

function findWorst(
  { prices, charging, organisation, at, promptTokens, choices }: Costing,
  model: string,
  tokens: number,
): Price | null {
  let worst: Price | null = null
  for (const promptWay of PROMPT_WAYS) {
    for (const answerWay of ANSWER_WAYS) {
      const usage = { ...NO_USAGE, [promptWay]: promptTokens, [answerWay]: tokens * choices }
      const { amount, currency } = charging.chargeOf({
        organisation,
        cost: prices.cost({ model, at, usage }),
        usage,
        at,
      })
      const pico = amount === null ? null : parsePico(amount)
      if (pico === null || currency === null) continue
      if (worst === null || (currency === worst.currency && pico > worst.amount)) worst = { amount: pico, currency }
    }
  }
  return worst
}

type Between = { readonly convert: Convert; readonly at: number }

/** What a model may cost at most; null where that is unknown. */
export type Priced = { readonly model: string; readonly price: Price | null }

/** What each bound has to hold for answers of so many tokens, whichever of the targets answers. */
export function amountsFor(
  costing: Costing,
  { bounds, targets }: { readonly bounds: readonly Bound[]; readonly targets: readonly Target[] },
  tokens: number,
): bigint[] {
  const priced = targets.map((target) => ({ model: fullName(target), price: worstCharge(costing, target, tokens) }))
  return amountsOf(costing, bounds, priced)
}

/** For each bound the most that any of these models costs, in its currency; nothing where that is unknown. */
export function amountsOf({ convert, at }: Between, bounds: readonly Bound[], priced: readonly Priced[]): bigint[] {
  return bounds.map(({ tally, model }) => {
    const known = priced.filter((each) => model === null || each.model === model)
    const amounts = known.map(
      ({ price }) => price && convert(price.amount, { from: price.currency, to: tally.currency, at }),
    )
    return amounts.reduce<bigint>((most, amount) => (amount !== null && amount > most ? amount : most), 0n)
  })
}

/** Why a hard budget cannot say what a model costs; null where every one can. */
export function whyUnjudged(
  { convert, at }: Between,
  bounds: readonly Bound[],
  { model, price }: Priced,
): PaddockError | null {
  for (const bound of bounds) {
    if (!isHard(bound) || (bound.model !== null && bound.model !== model)) continue
    const { currency, subject } = bound.tally
    const budget = `the budget of ${whose(subject.scope, bound.name)}`
    if (price === null)
      return unknown(
        `${model} has no price, and ${budget} is to be kept. An operator can add its price to paddock.yaml.`,
      )
    if (convert(price.amount, { from: price.currency, to: currency, at }) === null) {
      return unknown(
        `${model} is priced in ${price.currency}, ${budget} is in ${currency}, and nobody says what the one is worth in the other. Call a model that is priced in ${currency}, or ask an operator for a budget in ${price.currency}.`,
      )
    }
  }
  return null
}

function unknown(message: string): PaddockError {
  return new PaddockError('price_unknown', { message, param: '/model' })
}

export function isHard({ budgets }: Bound): boolean {
  return budgets.some(({ hard }) => hard)
}
