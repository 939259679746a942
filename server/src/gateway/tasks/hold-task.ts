import { assert, type PaddockError } from '../../base/errors.ts'
import type { Hold } from '../../books/budgets/hold.ts'
import { parsePico } from '../../money/fixed-point.ts'
import { fullName, type Target } from '../../routing/target.ts'
import { whoIs } from '../enter.ts'
import type { Exchange } from '../exchange.ts'
import type { Gateway } from '../gateway.ts'
import { holdWith, openMoney, type Held } from '../hold.ts'
import { amountsOf, isHard, whyUnjudged, type Priced } from '../worst-case.ts'
import { priceTask, waysAtMost, type TaskPlan } from './stages.ts'

/**
 * Is there money: as for a conversation, but for that a task is asked for as it is or not at all. Throws
 * `budget_exhausted`, `budget_held` or `price_unknown`.
 */
export async function holdTask(gateway: Gateway, exchange: Exchange, plan: TaskPlan): Promise<Held<TaskPlan>> {
  const money = await openMoney(gateway, exchange, plan)
  return holdWith(money, plan, (opened) => take(gateway, exchange, { plan, money: opened }))
}

function take(gateway: Gateway, exchange: Exchange, { plan, money }: { plan: TaskPlan; money: Hold }): TaskPlan {
  const { budgets } = gateway.books
  const { bounds } = money
  const between = { convert: budgets.convert, at: exchange.acceptedAt }
  const priced = plan.itinerary.placed.map((place) => ({
    place,
    charge: chargeAtMost(gateway, exchange, { plan, target: place.target }),
  }))
  const amounts = (of: typeof priced): bigint[] =>
    amountsOf(
      between,
      bounds,
      of.map(({ charge }) => charge),
    )
  if (!bounds.some(isHard)) {
    money.raise(amounts(priced))
    return plan
  }
  const unjudged = (each: (typeof priced)[number]): PaddockError | null => whyUnjudged(between, bounds, each.charge)
  const judged = priced.filter((each) => unjudged(each) === null)
  const fitting = judged.filter((each) => money.firstShort(amounts([each])) === null)
  const [first, ...rest] = fitting.map(({ place }) => place)
  if (!first) {
    const short = judged[0] ? money.firstShort(amounts([judged[0]])) : null
    const refusal = short ? budgets.refusal(short) : priced[0] ? unjudged(priced[0]) : null
    assert(refusal !== null, 'a target that is passed over has a reason')
    throw refusal
  }
  money.raise(amounts(fitting))
  const { provider, model } = first.target
  const intent = { ...plan.intent, provider: provider.facts.id, model, practice: provider.facts.practice === true }
  return { ...plan, intent, itinerary: { ...plan.itinerary, placed: [first, ...rest] } }
}

type Asked = { readonly plan: TaskPlan; readonly target: Target }

/** What a caller is charged at a target for the most that the task can use. */
function chargeAtMost(gateway: Gateway, exchange: Exchange, { plan: { order }, target }: Asked): Priced {
  const { metered, quote } = priceTask(gateway, exchange, { target, measures: waysAtMost(order) })
  const { organisation } = whoIs(order.caller)
  const charged = { organisation, cost: quote, usage: metered.usage, at: exchange.acceptedAt }
  const { amount, currency } = gateway.charging().chargeOf(charged)
  const pico = amount === null ? null : parsePico(amount)
  return { model: fullName(target), price: pico === null || currency === null ? null : { amount: pico, currency } }
}
