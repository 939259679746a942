import { finished } from 'node:stream'
import type { Entry } from '../books/entry.ts'
import { repeat, textOf } from './aside.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Relayed } from './relayed.ts'
import type { Plan } from './route.ts'
import type { Shadow } from './trials.ts'

type Told = { readonly plan: Plan; readonly relayed: Relayed; readonly entry: Entry }

/** Asks another model the same, where a race wants to compare: only once the caller has its last byte. */
export function shadow(gateway: Gateway, exchange: Exchange, told: Told): void {
  const { heard, response } = exchange
  if (heard === null || !gateway.accepting()) return
  const begin = (): void => {
    const wanted = gateway.trials.shadowOf(told.entry, { hasTools: told.plan.order.asked.hasTools })
    if (wanted !== null) void compare(gateway, exchange, { ...told, wanted })
  }
  if (response.writableFinished) begin()
  else
    finished(response, (broken) => {
      if (!broken) begin()
    })
}

async function compare(
  gateway: Gateway,
  exchange: Exchange,
  { plan: { order }, relayed, entry, wanted }: Told & { readonly wanted: Shadow },
): Promise<void> {
  const champion = { entry, text: textOf(exchange, relayed, entry) }
  const request = order.json.bytes
  try {
    const challenger = await repeat(gateway, exchange, { ...wanted, organisationId: entry.organisation_id, order })
    await gateway.trials.compared({ shadow: wanted, request, champion, challenger })
  } catch (thrown) {
    gateway.log.error('race.shadow_failed', { request_id: entry.id, race: wanted.trial.race }, thrown)
    await gateway.trials.compared({ shadow: wanted, request, champion, challenger: null })
  }
}
