import type { AttemptRecord } from '@paddock/contract/entry'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import type { Target } from '../routing/target.ts'
import type { Watched } from './deadlines.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Failed } from './head.ts'
import type { Begun } from './hear.ts'
import type { OpenCall } from './open-call.ts'
import { quoteFor } from './price.ts'
import type { AnyPlan } from './route.ts'

/** A call that was made beside another one and lost: nobody hears its answer, and it is billed all the same. */

/** Nothing is listened to for longer than the longest answer takes, in milliseconds. */
const HEARD_OUT_MS_MAX = 900_000

type Lost = { readonly plan: AnyPlan; readonly target: Target }

/**
 * What a call costs that was given up before its first word: by the rule of its provider all that the request may use, or
 * else the prompt, which it had been sent. Its own usage is never heard, so this is an estimate.
 */
export function billedWhenLost(
  gateway: Gateway,
  exchange: Exchange,
  { plan: { intent }, target }: Lost,
): Pick<AttemptRecord, 'usage' | 'usage_method' | 'cost'> {
  const full = target.provider.facts.abortBills === 'full'
  const usage: Usage = full ? intent.hold : { ...NO_USAGE, input: intent.hold.input }
  const { amount, currency } = quoteFor(gateway, exchange, { target, usage })
  return {
    usage,
    usage_method: full ? 'estimated: all that the request may use' : 'estimated: the prompt, nothing was answered',
    cost: { amount, currency },
  }
}

/** Takes what still comes of a stream, so that its connection comes free; of a cancelled one that is nothing. */
export async function hearOut(gateway: Gateway, call: OpenCall, hearing: Promise<Begun | Failed>): Promise<void> {
  const begun = await hearing
  if (!('kind' in begun) || begun.kind !== 'stream') return
  const { deadlines, clock } = gateway
  const since = clock.elapsed()
  const stop = (): void => {
    call.cancel()
  }
  const watched: Watched = {
    check: (elapsed) => {
      if (elapsed - since > HEARD_OUT_MS_MAX) stop()
    },
    stop,
  }
  const forget = (): void => {
    deadlines.forget(watched)
  }
  deadlines.watch(watched)
  call.take({ data: () => true, end: forget, failure: forget })
}
