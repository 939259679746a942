import type { PriceEvent } from '@paddock/contract/price-event'
import type { Clock } from './base/clock.ts'
import type { Log } from './base/log.ts'
import { openAlertWebhook } from './control/alert-webhook.ts'
import { pricingOf, racePrices, type Folder, type Live } from './parts.ts'
import type { CallProvider } from './providers/call-provider.ts'
import { openRaces, type Races } from './races/live/open-races.ts'
import type { PriceLoopParts } from './races/live/price-loop.ts'
import { describeProposal } from './races/live/proposals.ts'
import type { AskAside } from './races/live/shadows.ts'
import type { Referee } from './races/live/referee.ts'
import { openLeads, type Leads } from './routing/leads.ts'

export type Racing = {
  readonly clock: Clock
  readonly log: Log
  readonly call: CallProvider
  readonly live: () => Live
  readonly ask: AskAside
}

export type RacingParts = {
  readonly races: Races
  readonly leads: Leads
  readonly hearPrice: (event: PriceEvent) => Promise<void>
  /** Tells of a verdict, whoever gave it. */
  readonly onVerdict: Referee['onVerdict']
}

/** Races on the server's own traffic, and what prices have to do with them; everything they decide, and hear, is sent on. */
export async function openRacing({ store }: Folder, { clock, log, call, live, ask }: Racing): Promise<RacingParts> {
  const webhook = openAlertWebhook({ clock, log, call, setting: () => live().config.alerts })
  const leads = await openLeads({ store, clock })
  const onVerdict: RacingParts['onVerdict'] = (verdict, { config: { route } }) => {
    const { race, kind, challenger, reason } = verdict
    log.warn('race.verdict', { race, route, kind, challenger, reason })
    webhook.send('race.verdict', { route, ...verdict })
  }
  const races = await openRaces({ store, clock, leads, prices: racePrices(live), ask, onVerdict })
  const loop: PriceLoopParts = {
    store,
    clock,
    leads,
    pricing: () => pricingOf(live()),
    routes: () => live().routing.routes,
    setting: () => live().config.races,
    onProposal: (proposal) => {
      const { route, challenger, race } = proposal
      const reason = describeProposal(proposal)
      log.warn(race === null ? 'race.proposed' : 'race.started', { race: race ?? undefined, route, challenger, reason })
      webhook.send('race.proposed', { ...proposal })
    },
  }
  return {
    races,
    leads,
    onVerdict,
    hearPrice: async (event) => {
      webhook.send('price.changed', event)
      // Planning a race takes statistics, which are read when a price has changed.
      const { hearPrice } = await import('./races/live/price-loop.ts')
      await hearPrice(loop, event)
    },
  }
}
