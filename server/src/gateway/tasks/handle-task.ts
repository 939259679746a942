import { authenticate } from '../authenticate.ts'
import { call } from '../call.ts'
import { enter } from '../enter.ts'
import type { Exchange } from '../exchange.ts'
import type { Gateway } from '../gateway.ts'
import { claimName, keepReply, replyAgain } from '../once.ts'
import { record } from '../record.ts'
import { release } from '../release.ts'
import { holdTask } from './hold-task.ts'
import { admitTask, meterTask, priceTask, relayTask, routeTask } from './stages.ts'
import type { Task } from './task.ts'

/** The same path as that of a conversation (gateway/handle.ts), with the same promises. */
export function handleTask(task: Task): (gateway: Gateway, exchange: Exchange) => Promise<void> {
  return async (gateway, exchange) => {
    const caller = await authenticate(gateway, exchange, 'call') // who is calling
    const order = await admitTask(gateway, exchange, { caller, task }) // may they, and what do they want
    const wanted = routeTask(gateway, exchange, order) // where to, in which order
    using permit = await enter(gateway, exchange, wanted) // is there room
    using claim = await claimName(gateway, exchange, caller) // was it sent before, under the same Idempotency-Key
    if (claim.reply) return replyAgain(gateway, exchange, claim.reply)
    using held = await holdTask(gateway, exchange, wanted) // is there money
    const { plan } = held
    await gateway.books.intend(plan.intent) // on disk before a byte goes to a provider

    const called = await call(gateway, exchange, plan) // the first provider that answers
    const relayed = await relayTask(gateway, exchange, called) // all bytes but the last
    const measures = await meterTask(exchange, plan, { called, relayed }) // what was used, in every way to count it
    const { target } = called
    const { metered, quote } = priceTask(gateway, exchange, { target, measures }) // what that costs, exactly
    const entry = await record(gateway, exchange, { plan, called, relayed, metered, quote, permit }) // on disk
    const told = await keepReply(gateway, exchange, { relayed, entry }) // for who sends it again
    release(exchange, told, entry) // and only then the last byte
  }
}
