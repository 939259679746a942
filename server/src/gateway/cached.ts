import { createHash } from 'node:crypto'
import { NO_USAGE } from '@paddock/contract/usage'
import { JsonEdit } from '../dialects/json-edit.ts'
import { readTold } from '../dialects/read-told.ts'
import type { Entry } from '../books/entry.ts'
import type { Permit } from '../limits/permit.ts'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import { fullName } from '../routing/target.ts'
import type { KeptAnswer } from './answer-cache.ts'
import { ANSWER_BYTES_MAX, AnswerCopy, readCacheWish, type CacheUse } from './cache-use.ts'
import type { Called } from './call.ts'
import { header, noteSent, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { keepReply } from './once.ts'
import { record } from './record.ts'
import { relayed } from './relayed.ts'
import { release } from './release.ts'
import { headerList, streamHeaders } from './reply.ts'
import type { Plan } from './route.ts'

/**
 * Whether the same was asked before, of the model that this request would be sent to first, and not longer ago than the
 * route and the caller allow. That model is one this key may call, so the answer is one it may have.
 */
export function recall(gateway: Gateway, exchange: Exchange, plan: Plan): KeptAnswer | null {
  const use = useFor(gateway, exchange, plan)
  exchange.cache = use
  const answer = use === null ? null : gateway.answers.find(use.key)
  if (use === null || answer === null) return null
  if (gateway.clock.elapsed() - answer.madeElapsed >= use.ageMsMax) return null
  use.isHit = true
  return answer
}

/** Null where an answer is neither to be found nor to be kept. One that is kept as a conversation needs an id of its own. */
function useFor(gateway: Gateway, exchange: Exchange, plan: Plan): CacheUse | null {
  const { order, intent } = plan
  // An answer that was given before says nothing about the model a race asks.
  if (intent.trial !== undefined) return null
  const seconds = gateway.cacheSeconds(order.destination.route)
  if (seconds === 0 || order.conversation !== null || order.asked.n > 1) return null
  const wish = readCacheWish(header(exchange, 'cache-control'))
  if (wish.noStore) return null
  const keptMs = seconds * 1000
  const ageMsMax = Math.min(keptMs, wish.ageSecondsMax * 1000)
  return { key: keyOf(exchange, plan), keptMs, ageMsMax, isHit: false, copy: new AnswerCopy(ANSWER_BYTES_MAX) }
}

/**
 * Everything an answer depends on: whose organisation asks, in which dialect, and every byte of the request, with the model
 * it leads to for the name it was asked by. Nobody is answered with what another organisation was told.
 */
function keyOf(exchange: Exchange, { order: { caller, json }, itinerary }: Plan): string {
  const model = JSON.stringify(fullName(itinerary.placed[0].target))
  const hash = createHash('sha256')
  const betas = header(exchange, 'anthropic-beta') ?? null
  hash.update(`${JSON.stringify([caller.organisationId, exchange.dialect.name, betas])}\n`)
  return hash.update(new JsonEdit(json).setMember('model', model).bytes()).digest('base64')
}

type Again = { readonly plan: Plan; readonly recalled: KeptAnswer; readonly permit: Permit }

/** Answers without a provider. The entry says so: nothing was used and nothing is owed. */
export async function answerAgain(
  gateway: Gateway,
  exchange: Exchange,
  { plan, recalled, permit }: Again,
): Promise<void> {
  const [{ target }] = plan.itinerary.placed
  const startedElapsed = gateway.clock.elapsed()
  const called: Called = { target, attempts: [], answer: null, failure: null }
  const told = relayed(
    {
      id: null,
      model: recalled.answeredModel,
      usage: null,
      written: '',
      writtenBytes: 0,
      events: 1,
      error: null,
      hasEnded: true,
    },
    { failure: null, timedOut: false, firstByteElapsed: startedElapsed, held: () => recalled.end },
  )
  const entry = await record(gateway, exchange, {
    plan,
    called,
    relayed: told,
    metered: { usage: NO_USAGE, source: 'cache', method: `the answer of request ${recalled.requestId}` },
    quote: {
      state: 'priced',
      amount: formatPico(0n as Pico),
      currency: target.provider.facts.currency,
      rows: [],
    },
    permit,
  })
  noteSent(exchange, recalled.body)
  const kept = await keepReply(gateway, exchange, { relayed: told, entry })
  if (plan.order.asked.stream && !exchange.gone) {
    exchange.response.writeHead(200, headerList(exchange).concat(streamHeaders(entry)))
    exchange.response.write(recalled.body)
  }
  release(exchange, kept, entry)
}

type Told = { readonly plan: Plan; readonly entry: Entry; readonly end: Buffer }

/** Keeps an answer that came whole, of the model it was asked of: not one that was cut off or forbidden, or made elsewhere. */
export function keepAnswer(gateway: Gateway, exchange: Exchange, { plan, entry, end }: Told): void {
  const { cache } = exchange
  const body = cache?.copy.whole() ?? null
  const [{ target }] = plan.itinerary.placed
  if (cache === null || body === null || exchange.gone || fullName(target) !== `${entry.provider}/${entry.model}`)
    return
  cache.copy.add(end)
  const whole = cache.copy.whole()
  if (whole === null || !isWorthKeeping(exchange, whole, plan.order.asked.stream)) return
  const madeElapsed = gateway.clock.elapsed()
  gateway.answers.keep(cache.key, {
    requestId: exchange.id,
    answeredModel: entry.answered_model,
    body,
    end: Buffer.from(end),
    madeElapsed,
    freshUntil: madeElapsed + cache.keptMs,
  })
}

function isWorthKeeping({ dialect }: Exchange, whole: Buffer, isStream: boolean): boolean {
  try {
    const { stop, error } = readTold(dialect.name, whole, isStream)
    return error === null && stop !== 'length' && stop !== 'filtered'
  } catch {
    // What cannot be read here has gone out all the same: it is the caller's to judge, and not to be given to others.
    return false
  }
}
