import { createHash } from 'node:crypto'
import { NO_USAGE } from '@paddock/contract/usage'
import { JsonEdit } from '../dialects/json-edit.ts'
import { readTold } from '../dialects/read-told.ts'
import type { Entry } from '../books/entry.ts'
import type { Permit } from '../limits/permit.ts'
import { formatPico, type Pico } from '../money/fixed-point.ts'
import { fullName, type Target } from '../routing/target.ts'
import type { KeptAnswer } from './answer-cache.ts'
import { AnswerCopy, readCacheWish, type CacheUse } from './cache-use.ts'
import type { Called } from './call.ts'
import { header, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { record } from './record.ts'
import { relayed } from './relayed.ts'
import { release } from './release.ts'
import { streamHeaders } from './reply.ts'
import type { Plan } from './route.ts'

/** An answer that was given before, and one of this request's own targets that made it. */
export type Recalled = { readonly answer: KeptAnswer; readonly target: Target }

/**
 * Whether the same was asked before, and may be answered again: by somebody of the same organisation, of a model this key
 * may call and this request may be sent to now, and not longer ago than the route and the caller allow.
 */
export function recall(gateway: Gateway, exchange: Exchange, plan: Plan): Recalled | null {
  const use = useFor(gateway, exchange, plan)
  exchange.cache = use
  const answer = use === null ? null : gateway.answers.find(use.key)
  if (use === null || answer === null) return null
  if (gateway.clock.elapsed() - answer.madeElapsed >= use.ageMsMax) return null
  const target = plan.itinerary.placed.map((each) => each.target).find((each) => fullName(each) === answer.madeBy)
  if (target === undefined) return null
  use.isHit = true
  return { answer, target }
}

/** Null where an answer is neither to be found nor to be kept. One that is kept as a conversation needs an id of its own. */
function useFor(gateway: Gateway, exchange: Exchange, { order }: Plan): CacheUse | null {
  const seconds = gateway.cacheSeconds(order.destination.route)
  if (seconds === 0 || order.conversation !== null || order.asked.n > 1) return null
  const wish = readCacheWish(header(exchange, 'cache-control'))
  if (wish.noStore) return null
  const keptMs = seconds * 1000
  const ageMsMax = Math.min(keptMs, wish.ageSecondsMax * 1000)
  return { key: keyOf(exchange, order), keptMs, ageMsMax, isHit: false, copy: new AnswerCopy() }
}

/**
 * Everything an answer depends on: whose organisation asks, in which dialect, and every byte of the request, with the name
 * that the model's name leads to. The organisation's id is in it, so nobody is answered with what another one was told.
 */
function keyOf(exchange: Exchange, { caller, destination, json }: Plan['order']): string {
  const name = destination.route ?? fullName(destination.targets[0])
  const hash = createHash('sha256')
  hash.update(`${JSON.stringify([caller.organisationId, exchange.dialect.name, name])}\n`)
  for (const slice of new JsonEdit(json).setMember('model', JSON.stringify(name)).slices()) hash.update(slice)
  return hash.digest('base64')
}

type Again = { readonly plan: Plan; readonly recalled: Recalled; readonly permit: Permit }

/** Answers without a provider. The entry says so: nothing was used and nothing is owed. */
export async function answerAgain(
  gateway: Gateway,
  exchange: Exchange,
  { plan, recalled, permit }: Again,
): Promise<void> {
  const { answer, target } = recalled
  const startedElapsed = gateway.clock.elapsed()
  const called: Called = { target, attempts: [], answer: null, startedElapsed, failure: null }
  const told = relayed(
    { id: null, model: answer.answeredModel, usage: null, written: '', events: 1, error: null, hasEnded: true },
    { failure: null, timedOut: false, firstByteElapsed: startedElapsed, held: () => answer.end },
  )
  const entry = await record(gateway, exchange, {
    plan,
    called,
    relayed: told,
    metered: { usage: NO_USAGE, source: 'cache', method: `the answer of request ${answer.requestId}` },
    quote: {
      state: 'priced',
      amount: formatPico(0n as Pico),
      currency: target.provider.facts.currency,
      rows: [],
      lines: [],
      notes: ['no provider was called'],
    },
    permit,
  })
  if (plan.order.asked.stream && !exchange.gone) {
    exchange.response.writeHead(200, streamHeaders(exchange, target))
    exchange.response.write(answer.body)
  }
  release(exchange, told, entry)
}

type Told = { readonly plan: Plan; readonly entry: Entry; readonly end: Buffer }

/** Keeps an answer that came whole: not one that failed, was cut off, or forbidden by its provider's rules. */
export function keepAnswer(gateway: Gateway, exchange: Exchange, { plan, entry, end }: Told): void {
  const { cache } = exchange
  const body = cache?.copy.whole() ?? null
  if (cache === null || body === null) return
  cache.copy.add(end)
  const whole = cache.copy.whole()
  if (whole === null || !isWorthKeeping(exchange, whole, plan.order.asked.stream)) return
  const madeElapsed = gateway.clock.elapsed()
  gateway.answers.keep(cache.key, {
    requestId: exchange.id,
    madeBy: `${entry.provider}/${entry.model}`,
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
