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
 * on every ending, good or bad, has exactly one. Most stages have nothing to wait for as a rule, and are not waited for then:
 * an await that waits for nothing costs a quarter of a kilobyte, and there would be ten.
 */
export async function handleGeneration(gateway: Gateway, exchange: Exchange): Promise<void> {
  let caller = authenticate(gateway, exchange, 'call') // who is calling
  if (caller instanceof Promise) caller = await caller
  const asked = await admit(gateway, exchange, caller) // may they, and what do they want
  let order = fitting(exchange, asked) // which models can take it
  if (order instanceof Promise) order = await order
  const wanted = route(gateway, exchange, order) // where to, in which order
  let place = enter(gateway, exchange, wanted) // is there room
  if (place instanceof Promise) place = await place
  using permit = place
  let name = claimName(gateway, exchange, caller) // was it sent before, under the same Idempotency-Key
  if (name instanceof Promise) name = await name
  using claim = name
  if (claim.reply) return replyAgain(gateway, exchange, claim.reply)
  const recalled = recall(gateway, exchange, wanted) // was the same answered before
  if (recalled) return await answerAgain(gateway, exchange, { plan: wanted, recalled, permit })
  let money = hold(gateway, exchange, wanted) // is there money
  if (money instanceof Promise) money = await money
  using held = money
  const { plan } = held
  await gateway.books.intend(plan.intent) // on disk before a byte goes to a provider

  const called = await call(gateway, exchange, plan) // the first provider that answers
  let relayed = stream(gateway, exchange, called) // all bytes but the last
  if (relayed instanceof Promise) relayed = await relayed
  let metered = meter(exchange, plan, { called, relayed }) // what was used
  if (metered instanceof Promise) metered = await metered
  const quote = price(gateway, exchange, { called, metered }) // what that costs, exactly
  const entry = await record(gateway, exchange, { plan, called, relayed, metered, quote, permit }) // on disk
  let kept = keep(gateway, exchange, { plan, relayed, entry }) // what is needed of it later
  if (kept instanceof Promise) kept = await kept
  let told = keepReply(gateway, exchange, { relayed: kept, entry }) // for who sends it again
  if (told instanceof Promise) told = await told
  release(exchange, told, entry) // and only then the last byte
  shadow(gateway, exchange, { plan, relayed, entry }) // a race may ask another model the same
}
