import { admit } from './admit.ts'
import { authenticate } from './authenticate.ts'
import { answerAgain, recall } from './cached.ts'
import { call } from './call.ts'
import { enter } from './enter.ts'
import type { Exchange } from './exchange.ts'
import { fitting } from './fitting.ts'
import type { Gateway } from './gateway.ts'
import { hold } from './hold.ts'
import { keep } from './keep.ts'
import { meter } from './meter.ts'
import { claimName, keepReply, replyAgain } from './once.ts'
import { price } from './price.ts'
import { record } from './record.ts'
import { release } from './release.ts'
import { route } from './route.ts'
import { shadow } from './shadow.ts'
import { stream } from './stream.ts'

/**
 * The whole path of a request. Until the intent is in the journal a refusal costs nothing and leaves no entry; from there
 * on every ending, good or bad, has exactly one.
 */
export async function handleGeneration(gateway: Gateway, exchange: Exchange): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call') // who is calling
  const asked = await admit(gateway, exchange, caller) // may they, and what do they want
  const order = await fitting(exchange, asked) // which models can take it
  const wanted = route(gateway, exchange, order) // where to, in which order
  using permit = await enter(gateway, exchange, wanted) // is there room
  using claim = await claimName(gateway, exchange, caller) // was it sent before, under the same Idempotency-Key
  if (claim.reply) return replyAgain(gateway, exchange, claim.reply)
  const recalled = recall(gateway, exchange, wanted) // was the same answered before
  if (recalled) return await answerAgain(gateway, exchange, { plan: wanted, recalled, permit })
  using held = await hold(gateway, exchange, wanted) // is there money
  const { plan } = held
  await gateway.books.intend(plan.intent) // on disk before a byte goes to a provider

  const called = await call(gateway, exchange, plan) // the first provider that answers
  const relayed = await stream(gateway, exchange, called) // all bytes but the last
  const metered = await meter(exchange, plan, { called, relayed }) // what was used
  const quote = price(gateway, exchange, { called, metered }) // what that costs, exactly
  const entry = await record(gateway, exchange, { plan, called, relayed, metered, quote, permit }) // on disk
  const kept = await keep(gateway, exchange, { plan, relayed, entry }) // what is needed of it later
  const told = await keepReply(gateway, exchange, { relayed: kept, entry }) // for who sends it again
  release(exchange, told, entry) // and only then the last byte
  shadow(gateway, exchange, { plan, relayed, entry }) // a race may ask another model the same
}
