import type { BodyOf } from '@paddock/contract/control/endpoint'
import type { racesApi } from '@paddock/contract/control/races'
import { PaddockError } from '../base/errors.ts'
import { checkWanted, championOf, type RaceChoices } from '../races/live/check-wanted.ts'
import { trialsMax } from '../races/decide.ts'
import { historyOf } from '../races/live/history.ts'
import type { LiveConfig } from '../races/live/live-race.ts'
import { raceFor } from '../races/live/price-loop.ts'
import { findProposal, type Proposal } from '../races/live/proposals.ts'
import { planOf, usualRace, WINDOW_HOURS, type WantedRace } from '../races/live/start.ts'
import type { RaceDatabase } from '../races/live/tables.ts'
import { notFound } from './handlers.ts'

/** What somebody asks for, made whole: what is left out is as in the usual race, or as a proposal has it. */

type Asked = BodyOf<typeof racesApi.start>

export type Wanting = RaceChoices & { readonly tables: RaceDatabase; readonly now: number }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Throws `not_found`, `field_invalid` or `argument_invalid`, before anything is frozen. */
export async function wantedRace(
  wanting: Wanting,
  asked: Asked,
): Promise<{ readonly wanted: WantedRace; readonly proposal: Proposal | null }> {
  const proposal = asked.proposal === undefined ? null : await openProposal(wanting.tables, asked.proposal)
  const route = asked.route ?? proposal?.route
  const challengers = asked.challengers ?? (proposal ? [proposal.challenger] : undefined)
  if (route === undefined || challengers === undefined)
    throw new PaddockError('field_invalid', {
      message: '/route: a race needs "route" and "challengers", or "proposal", the id of one.',
      param: route === undefined ? '/route' : '/challengers',
    })
  const leading = championOf(wanting, route)
  const champion = asked.champion ?? leading
  const currency = wanting.currencyOf(champion) ?? 'USD'
  const isAsProposed = proposal?.route === route && proposal.champion === champion
  const usual = isAsProposed
    ? { ...raceFor(proposal), challengers, currency }
    : usualRace({ route, champion, challengers, currency })
  const wanted = withAsked(usual, asked)
  checkWanted(wanting, wanted, wanting.now)
  return { wanted, proposal }
}

async function openProposal(tables: RaceDatabase, id: string): Promise<Proposal> {
  const proposal = await findProposal(tables, id)
  if (proposal === null) throw notFound('proposal', id)
  if (proposal.race === null) return proposal
  throw new PaddockError('already_there', { message: `Race ${proposal.race} was started for this proposal.` })
}

function withAsked(usual: WantedRace, asked: Asked): WantedRace {
  const unit = asked.unit ?? usual.unit
  const shadow = asked.shadow && {
    budget: asked.shadow.budget,
    concurrencyMax: asked.shadow.concurrency,
    tools: asked.shadow.tools,
    grader: asked.shadow.grader,
  }
  const hours = (value: number | undefined, otherwise: number): number =>
    value === undefined ? otherwise : value * HOUR_MS
  return {
    ...usual,
    mode: asked.mode ?? usual.mode,
    unit,
    windowMs: Math.max(1, (asked.window_hours ?? WINDOW_HOURS[unit]) * HOUR_MS),
    margin: asked.margin ?? usual.margin,
    alpha: asked.alpha ?? usual.alpha,
    saving: asked.saving === undefined ? usual.saving : asked.saving,
    ramp: asked.ramp ?? usual.ramp,
    rampMs: hours(asked.ramp_hours, usual.rampMs),
    minMs: hours(asked.min_hours, usual.minMs),
    auto: asked.auto ?? usual.auto,
    pacer: asked.pacer ?? usual.pacer,
    watchMs: asked.watch_days === undefined ? usual.watchMs : asked.watch_days * DAY_MS,
    shadow: shadow ?? null,
  }
}

/** A race that is only thought of. */
export type Trialling = {
  readonly wanted: WantedRace
  readonly config: Omit<LiveConfig, 'seed'>
  /** Trials for the gate that needs the most. */
  readonly planned: number
  readonly requestsADay: number
}

export async function plannedRace(wanting: Wanting, asked: Asked): Promise<Trialling> {
  const { wanted } = await wantedRace(wanting, asked)
  const { route, champion } = wanted
  const { bounds, centres, requestsADay } = await historyOf(wanting.tables, { route, champion, now: wanting.now })
  const planned = planOf(wanted, centres.quality)
  return { wanted, config: { ...wanted, bounds, trialsMax: trialsMax(planned) }, planned, requestsADay }
}
