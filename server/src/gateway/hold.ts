import { assert, type PaddockError } from '../base/errors.ts'
import type { Spend } from '../books/budgets/budgets.ts'
import type { Hold, Short } from '../books/budgets/hold.ts'
import type { Caller } from '../callers/caller.ts'
import { loadTokenizer } from '../dialects/token-count.ts'
import { fullName, type Target } from '../routing/target.ts'
import { withMaxTokens } from './admit.ts'
import { whoIs } from './enter.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { isScarce, mostThatFits, STEP_TOKENS, steppedHold, wholeHold, type OutputHold } from './output-hold.ts'
import type { AnyPlan, Plan } from './route.ts'
import { translateFor } from './translate-for.ts'
import { amountsFor, isHard, promptTokensMost, whyUnjudged, worstCharge, type Costing } from './worst-case.ts'

/** A plan that there is money for. What is held is given back when the request is over, however it ends. */
export type Held<P> = { readonly plan: P; [Symbol.dispose](): void }

/** An answer that is not worth having is not asked for. */
const TOKENS_MIN = 64
/** What a whole answer may have where neither the caller nor anybody else says: what every model of the price book can write. */
const TOKENS_UNSAID = 4_096

/**
 * Is there money: holds what the request may cost at most, in all hard budgets it is under or in none. Targets that no
 * budget has room for are passed over, and a whole answer is asked for only as long as there is money for it. Throws
 * `budget_exhausted`, `budget_held` or `price_unknown`.
 */
export function hold(gateway: Gateway, exchange: Exchange, plan: Plan): Held<Plan> | Promise<Held<Plan>> {
  // Most requests are under no budget, and do not wait.
  return gateway.books.budgets.any(plan.order.caller.budget) ? holdMoney(gateway, exchange, plan) : unheld(plan)
}

async function holdMoney(gateway: Gateway, exchange: Exchange, plan: Plan): Promise<Held<Plan>> {
  const money = await openMoney(gateway, exchange, plan)
  return holdWith(money, plan, async (opened) => {
    const { plan: paid, counts } = take(gateway, exchange, { plan, money: opened })
    if (counts) await loadTokenizer()
    return paid
  })
}

function unheld<P>(plan: P): Held<P> {
  return { plan, [Symbol.dispose]: nothingToEnd }
}

function nothingToEnd(): void {}

type Spending = Pick<AnyPlan, 'itinerary' | 'intent' | 'order'>

/** A hold of nothing in every budget the request is under, to be raised before anything else is awaited; null where it is under none. */
export async function openMoney(gateway: Gateway, exchange: Exchange, plan: Spending): Promise<Hold | null> {
  const { budgets } = gateway.books
  if (!budgets.any(plan.order.caller.budget)) return null
  const spend = spendOf(plan.order.caller, exchange, plan)
  let bounds = budgets.bounds(spend)
  for (let loading = budgets.loading(bounds); loading !== null; loading = budgets.loading(bounds)) {
    await loading
    bounds = budgets.bounds(spend)
  }
  return bounds.length === 0 ? null : budgets.open(exchange.id, bounds)
}

/** Whatever is thrown while it is taken, nothing stays held. */
export async function holdWith<P>(
  money: Hold | null,
  plan: P,
  taking: (money: Hold) => P | Promise<P>,
): Promise<Held<P>> {
  if (money === null) return unheld(plan)
  try {
    return {
      plan: await taking(money),
      [Symbol.dispose]: () => {
        money.end()
      },
    }
  } catch (refusal) {
    money.end()
    throw refusal
  }
}

/** Of the key alone: what counts whoever it asks for and whatever it calls. */
export function spendOf(caller: Caller, { acceptedAt }: Exchange, plan: Spending | null = null): Spend {
  const { key, team, organisation } = whoIs(caller)
  return {
    key,
    team,
    organisation,
    endUser: plan?.intent.end_user ?? null,
    at: acceptedAt,
    own: caller.budget,
    models: plan?.itinerary.placed.map(({ target }) => fullName(target)) ?? [],
  }
}

type Taking = { readonly plan: Plan; readonly money: Hold }

/** `counts`: the tokens of the answer may have to be counted while it comes. */
function take(gateway: Gateway, exchange: Exchange, { plan, money }: Taking): { plan: Plan; counts: boolean } {
  const { asked } = plan.order
  const costing: Costing = {
    prices: gateway.prices(),
    charging: gateway.charging(),
    organisation: whoIs(plan.order.caller).organisation,
    convert: gateway.books.budgets.convert,
    at: exchange.acceptedAt,
    promptTokens: promptTokensMost(asked),
    choices: asked.n,
    known: new Map(),
  }
  const { bounds } = money
  if (!bounds.some(isHard)) {
    money.raise(amountsFor(costing, { bounds, targets: targetsOf(plan) }, plan.intent.hold.output))
    return { plan, counts: false }
  }
  const isStepped = isCuttable(plan)
  const goal = isStepped ? Math.min(asked.maxTokens ?? STEP_TOKENS, STEP_TOKENS) : wholeTokens(plan)
  const least = Math.min(leastTokens(plan), goal)
  const paid = withPaidTargets(gateway, plan, { money, costing, least, goal })
  const targets = targetsOf(paid)
  const amounts = (tokens: number): bigint[] => amountsFor(costing, { bounds, targets }, tokens)
  const tokens = mostThatFits(money, amounts, { least, goal }) ?? goal
  const short = money.raise(amounts(tokens))
  if (short !== null) throw gateway.books.budgets.refusal(short)
  const tokensMax = asked.maxTokens
  const output = isStepped
    ? steppedHold({ hold: money, amounts, tokens, tokensMax })
    : wholeHold(tokens === tokensMax ? null : tokens)
  exchange.hold = output
  return {
    plan: withHold(gateway, exchange, {
      plan: paid,
      output,
      usage: { input: costing.promptTokens, output: tokens * asked.n },
    }),
    counts: isStepped && isScarce(money, amounts),
  }
}

/** A stream can be ended at any token; of a provider that bills the rest all the same, that saves nothing. */
function isCuttable({ order: { asked }, itinerary }: Plan): boolean {
  return (
    asked.stream && asked.n === 1 && itinerary.placed.every(({ target }) => target.provider.facts.abortBills !== 'full')
  )
}

/** Where the caller lets the model think, an answer has to have room for that and for a word besides. */
function leastTokens({ order: { json, asked } }: Plan): number {
  const thinking = json.root.member('thinking')?.member('budget_tokens')
  const thought = thinking?.kind === 'number' ? thinking.number() : 0
  return Math.min(asked.maxTokens ?? Infinity, TOKENS_MIN + thought)
}

function wholeTokens({ order: { asked }, itinerary }: Plan): number {
  if (asked.maxTokens !== null) return asked.maxTokens
  const known = itinerary.placed.map(({ target }) => target.provider.modelFacts.get(target.model)?.maxOutputTokens)
  return Math.min(...known.map((most) => most ?? TOKENS_UNSAID))
}

type Paying = { readonly money: Hold; readonly costing: Costing; readonly least: number; readonly goal: number }

/** The plan with only those targets that every hard budget can judge and has room for. */
function withPaidTargets(gateway: Gateway, plan: Plan, { money, costing, least, goal }: Paying): Plan {
  const { bounds } = money
  const { placed } = plan.itinerary
  const unjudged = (target: Target): PaddockError | null =>
    whyUnjudged(costing, bounds, { model: fullName(target), price: worstCharge(costing, target, goal) })
  const shortFor = (targets: readonly Target[], tokens: number): Short | null =>
    money.firstShort(amountsFor(costing, { bounds, targets }, tokens))
  const judged = placed.filter(({ target }) => unjudged(target) === null)
  const isAmple =
    shortFor(
      judged.map(({ target }) => target),
      goal,
    ) === null
  const [first, ...rest] = isAmple ? judged : judged.filter(({ target }) => shortFor([target], least) === null)
  if (first) return { ...plan, itinerary: { ...plan.itinerary, placed: [first, ...rest] } }
  const short = judged[0] ? shortFor([judged[0].target], least) : null
  const refusal = short ? gateway.books.budgets.refusal(short) : unjudged(placed[0].target)
  assert(refusal !== null, 'a target that is passed over has a reason')
  throw refusal
}

function targetsOf({ itinerary }: Plan): Target[] {
  return itinerary.placed.map(({ target }) => target)
}

type Taken = {
  readonly plan: Plan
  readonly output: OutputHold
  readonly usage: { readonly input: number; readonly output: number }
}

/** What is asked of the provider and written down is what is held. */
function withHold(gateway: Gateway, exchange: Exchange, { plan, output, usage }: Taken): Plan {
  const { intent, itinerary } = plan
  const { provider, model } = itinerary.placed[0].target
  // What would have been kept is an answer of the model that was asked for, not of the one there is money for.
  if (provider.facts.id !== intent.provider || model !== intent.model) exchange.cache = null
  const held = { ...intent, provider: provider.facts.id, model, hold: { ...intent.hold, ...usage } }
  const paid = { ...plan, intent: { ...held, practice: provider.facts.practice === true } }
  if (output.maxTokens === null) return paid
  const order = { ...plan.order, ...withMaxTokens(plan.order, output.maxTokens) }
  return { ...paid, order, translate: (attempt) => translateFor(gateway, exchange, { order, attempt }) }
}
