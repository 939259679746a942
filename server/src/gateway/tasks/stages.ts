import { NO_USAGE } from '@paddock/contract/usage'
import { PaddockError } from '../../base/errors.ts'
import type { Caller } from '../../callers/caller.ts'
import type { Measure } from '../../dialects/usage-reading.ts'
import { checkCaps } from '../../limits/caps.ts'
import type { Cost } from '../../prices/quote.ts'
import type { Destination } from '../../routing/table.ts'
import { fullName, type Target } from '../../routing/target.ts'
import { allowed } from '../admit.ts'
import type { Called } from '../call.ts'
import { whoIs } from '../enter.ts'
import type { Exchange } from '../exchange.ts'
import type { Gateway } from '../gateway.ts'
import type { Metered } from '../meter.ts'
import { quoteFor } from '../price.ts'
import { nothingRelayed, type Relayed } from '../relayed.ts'
import { relayEvents } from '../relay-events.ts'
import { relayWhole } from '../relay-whole.ts'
import { orderTargets, type AnyPlan } from '../route.ts'
import { relayBytes } from './relay-bytes.ts'
import { translateTask } from './task-translation.ts'
import { measured, units, type Task, type TaskOrder } from './task.ts'

/** The stages in which a task differs from a conversation; see gateway/handle.ts for the path. */

export type TaskPlan = Omit<AnyPlan, 'order'> & { readonly order: TaskOrder }

type Asking = { readonly caller: Caller; readonly task: Task }

/** Stage 2: the body within its limits, the model known and allowed, and somebody there who serves the task. */
export async function admitTask(gateway: Gateway, exchange: Exchange, { caller, task }: Asking): Promise<TaskOrder> {
  const routing = gateway.routing()
  gateway.limits.turnAway(whoIs(caller))
  const modelsOffered = caller.models ?? routing.firstNames
  const asked = await task.read({ exchange, bounds: gateway.bounds(), modelsOffered })
  const { model, promptBytes, n } = asked
  const fields = { conversation: task.promptField, maxTokens: 'max_tokens' }
  checkCaps(gateway.limits.caps(whoIs(caller)), { maxTokens: null, imageCount: 0, promptBytes, n, fields })
  const destination = serving(task, allowed(caller, model, routing.resolve(model)))
  return { caller, task, asked: { ...asked, hasImages: false, hasTools: false }, destination }
}

/** Only the targets whose provider has such an endpoint. */
function serving(task: Task, destination: Destination): Destination {
  const [first, ...rest] = destination.targets.filter(({ provider }) => provider.facts.tasks?.[task.name] !== undefined)
  if (first) return { ...destination, targets: [first, ...rest] }
  const [target] = destination.targets
  const { id } = target.provider.facts
  throw new PaddockError('endpoint_unsupported', {
    message: `${fullName(target)} cannot be asked for ${task.name}: no such endpoint of ${id} is known. Ask another model, or let the operator write its path below providers.${id}.tasks in paddock.yaml.`,
    param: '/model',
  })
}

/** Stage 3: the ordered targets, and the intent to call them. What is held is counted as the first of them bills. */
export function routeTask(gateway: Gateway, exchange: Exchange, order: TaskOrder): TaskPlan {
  const { atMost } = order.asked
  const measures = waysAtMost(order)
  const ways = measures.map(({ usage }) => usage)
  const { itinerary, intent } = orderTargets(gateway, exchange, { order, hold: atMost[0] ?? NO_USAGE, ways })
  const [{ target }] = itinerary.placed
  const { metered } = priceTask(gateway, exchange, { target, measures })
  return {
    order,
    itinerary,
    intent: { ...intent, hold: metered.usage },
    form: order.asked.form,
    translate: (attempt) => translateTask(exchange, order, attempt),
  }
}

/** The most that a task can use, in every way to count it. */
export function waysAtMost({ asked: { atMost } }: TaskOrder): readonly Measure[] {
  return waysToBill(atMost.map((usage) => measured('estimated', usage, 'hold')))
}

/** Stage 5: the answer as it is, all but its end. */
export async function relayTask(gateway: Gateway, exchange: Exchange, called: Called): Promise<Relayed> {
  const { answer } = called
  if (!answer) return nothingRelayed(called.failure, called.attempts.at(-1)?.outcome === 'timeout')
  const { begun } = answer
  if (begun.kind === 'stream') return relayEvents(gateway, exchange, { answer, begun })
  if (begun.kind === 'bytes') return relayBytes(gateway, exchange, { answer, begun })
  exchange.whenGone(null)
  return { ...relayWhole(begun), contentType: begun.contentType }
}

const NOTHING = measured('estimated', NO_USAGE, 'nothing was answered')

/** Stage 6: every way in which it can be counted, the provider's numbers first. */
export async function meterTask(
  exchange: Exchange,
  { order: { asked } }: TaskPlan,
  { called, relayed }: { called: Called; relayed: Relayed },
): Promise<readonly Measure[]> {
  if (relayed.measures.length > 0) return waysToBill(relayed.measures)
  // A stream tells its tokens, and it may be billed by something else.
  if (relayed.usage) return waysToBill([measured('provider', relayed.usage, 'usage'), ...(await asked.count())])
  const wasHeard = called.answer !== null || called.attempts.some(({ outcome }) => outcome === 'cancelled')
  // The provider was called and the caller hung up: what was asked for is charged, as nobody knows how far it came.
  if (relayed.begun || (exchange.gone && wasHeard)) return waysToBill(await asked.count())
  return [NOTHING]
}

/** Each way of counting with and without the request as such, and that alone: some providers have a price for it. */
function waysToBill(measures: readonly Measure[]): readonly Measure[] {
  const withRequest = ({ usage, ...how }: Measure): Measure => ({
    ...how,
    usage: { ...usage, extra: { ...usage.extra, request: 1 } },
  })
  const alone = measured('counted', units({ request: 1 }), 'the request')
  return [...measures.flatMap((measure) => [withRequest(measure), measure]), alone]
}

type Priced = { readonly metered: Metered; readonly quote: Cost }
type Pricing = { readonly target: Target; readonly measures: readonly Measure[] }

/** Stage 7: the price row decides how it is billed: the first way of counting that it has a price for. Without one it is unpriced. */
export function priceTask(gateway: Gateway, exchange: Exchange, { target, measures }: Pricing): Priced {
  for (const metered of measures) {
    const quote = quoteFor(gateway, exchange, { target, usage: metered.usage })
    if (quote.state === 'priced') return { metered, quote }
  }
  const metered = measures.find(({ usage }) => usage.extra?.request === undefined) ?? NOTHING
  return { metered, quote: quoteFor(gateway, exchange, { target, usage: metered.usage }) }
}
