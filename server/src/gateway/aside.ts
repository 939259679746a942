import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import type { Entry } from '../books/entry.ts'
import { CALLER_DIALECTS } from '../dialects/all.ts'
import { CALLER_JSON, readJson } from '../dialects/json-text.ts'
import { readTold } from '../dialects/read-told.ts'
import type { Permit } from '../limits/permit.ts'
import type { Order } from './admit.ts'
import { ANSWER_BYTES_MAX, AnswerCopy } from './cache-use.ts'
import { call } from './call.ts'
import { openExchange, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { meter } from './meter.ts'
import { price } from './price.ts'
import { record } from './record.ts'
import type { Relayed } from './relayed.ts'
import { heldFor } from './release.ts'
import { route } from './route.ts'
import { stream } from './stream.ts'
import type { Answered, AsideCall, Booked } from './trials.ts'

/**
 * A call of ours, beside what callers ask: the same path as any other from the route on, with an entry like any other, and
 * nobody who hears the answer. Its entry names the race it is made for and no caller, and nothing is charged for it.
 */
export async function callAside(gateway: Gateway, { request, ...asked }: AsideCall): Promise<Answered> {
  const json = readJson(Buffer.from(JSON.stringify(request)), { ...CALLER_JSON, strict: false })
  const message = new IncomingMessage(new Socket())
  const dialect = CALLER_DIALECTS['openai-chat']
  const exchange = openExchange(gateway.clock, {
    dialect,
    path: ASIDE_PATH,
    request: message,
    response: nobody(message),
  })
  const order = { json, asked: dialect.readRequest(json, {}), conversation: null }
  return answer(gateway, exchange, { ...asked, order })
}

const ASIDE_PATH = '/v1/chat/completions'

type Said = Pick<Order, 'json' | 'asked' | 'conversation'>

/** The same request once more, at another model: in the same dialect and by the same code, streamed where it was streamed. */
export function repeat(
  gateway: Gateway,
  { dialect, path, request }: Exchange,
  { order, ...booked }: Booked & { readonly model: string; readonly order: Said },
): Promise<Answered> {
  const exchange = openExchange(gateway.clock, { dialect, path, request, response: nobody(request) })
  return answer(gateway, exchange, { ...booked, order })
}

type Aside = Booked & { readonly model: string; readonly order: Said }

async function answer(gateway: Gateway, exchange: Exchange, aside: Aside): Promise<Answered> {
  const heard = new AnswerCopy(ANSWER_BYTES_MAX)
  exchange.heard = heard
  const order = { ...aside.order, caller: callerFor(aside), destination: gateway.routing().resolve(aside.model) }
  const planned = route(gateway, exchange, order)
  const plan = { ...planned, intent: { ...planned.intent, end_user: null, trial: aside.trial } }
  await gateway.books.intend(plan.intent)

  const called = await call(gateway, exchange, plan)
  const relayed = await stream(gateway, exchange, called)
  const metered = await meter(exchange, plan, { called, relayed })
  const quote = price(gateway, exchange, { called, metered })
  const entry = await record(gateway, exchange, { plan, called, relayed, metered, quote, permit: NO_LIMITS })
  heard.add(heldFor(relayed, entry))
  exchange.response.end()
  return { entry, text: textOf(exchange, relayed, entry) }
}

/** What the caller of an exchange was told, as text: reasoning and calls of tools are no part of it. */
export function textOf({ dialect, heard }: Exchange, { failure }: Relayed, { stream: isStream }: Entry): string | null {
  const whole = failure === null ? (heard?.whole() ?? null) : null
  if (whole === null) return null
  try {
    const { parts } = readTold(dialect.name, whole, isStream)
    return parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('')
  } catch {
    // What a caller of this dialect could not read is no answer that can be compared.
    return null
  }
}

function callerFor({ trial, organisationId, teamId, keyId }: Aside): Order['caller'] {
  const name = `race ${trial.race}`
  return {
    organisationId,
    organisationName: organisationId,
    teamId,
    teamName: name,
    userId: null,
    keyId,
    keyName: name,
    scopes: ['call'],
    models: null,
    limits: null,
    budget: null,
    expiresAt: null,
    revokedAt: null,
  }
}

/** Races have bounds of their own, and take no place of a caller's. */
const NO_LIMITS: Permit = { levels: [], settle: () => undefined, [Symbol.dispose]: () => undefined }

/** A response whose bytes go nowhere, as fast as they come. */
function nobody(request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request)
  const sink = new Writable({
    write: (_bytes, _encoding, done) => {
      done()
    },
  })
  response.assignSocket(sink as unknown as Socket)
  return response
}
