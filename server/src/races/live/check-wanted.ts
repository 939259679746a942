import { NO_USAGE } from '@paddock/contract/usage'
import { excerpt, PaddockError } from '../../base/errors.ts'
import type { Leads } from '../../routing/leads.ts'
import type { RoutingTable } from '../../routing/table.ts'
import { fullName, priceName } from '../../routing/target.ts'
import type { RacePrices } from './cost-ahead.ts'
import type { WantedRace } from './start.ts'

/** What somebody who starts a race may choose among. */
export type RaceChoices = {
  readonly routing: Pick<RoutingTable, 'routes' | 'find'>
  readonly leads: Pick<Leads, 'of'>
  readonly prices: RacePrices
  readonly currencyOf: (model: string) => string | null
}

export const CHALLENGERS_MAX = 5

/** Who leads a route now: whom a race has promoted, else its first candidate. Throws `argument_invalid` where there is no such route. */
export function championOf({ routing, leads }: RaceChoices, route: string): string {
  const found = routing.routes.find(({ name }) => name === route)
  const [first] = found?.targets ?? []
  const champion = leads.of(route)?.model ?? (first && fullName(first))
  if (found !== undefined && champion !== undefined) return champion
  const names = routing.routes.map(({ name }) => name).join(', ')
  throw invalid(`"${excerpt(route)}" is no route that leads anywhere. A race takes a route of paddock.yaml: ${names}.`)
}

/** Refuses what could not be raced, before it is frozen. Throws `argument_invalid`. */
export function checkWanted(choices: RaceChoices, wanted: WantedRace, now: number): void {
  const { champion, challengers, mode, shadow } = wanted
  for (const model of [champion, ...challengers])
    if (choices.routing.find(model) === null)
      throw invalid(`"${excerpt(model)}" cannot be raced: a race takes a model that a provider here offers.`)
  const isDouble = new Set([champion, ...challengers]).size <= challengers.length
  if (challengers.length === 0 || challengers.length > CHALLENGERS_MAX || isDouble)
    throw invalid(
      `A race takes one to ${CHALLENGERS_MAX} challengers, each once and none the champion (${champion}), not: ${challengers.join(' ')}.`,
    )
  if (mode === 'shadow' && shadow === null)
    throw invalid('In the shadow every request is paid for twice, so it needs a budget and a grader.')
  if (shadow?.grader.kind === 'judge') checkJudge(choices, shadow.grader.model, [champion, ...challengers])
  checkPrices(choices, wanted, now)
}

/** Two names may stand for one model, such as that of a provider set up twice. */
function checkJudge({ routing }: RaceChoices, judge: string, raced: readonly string[]): void {
  const bookName = (name: string): string => {
    const target = routing.find(name)
    return target === null ? name : priceName(target)
  }
  if (raced.some((model) => bookName(model) === bookName(judge)))
    throw invalid(`${excerpt(judge)} is raced itself, so it cannot be the judge. Name one that is none of the raced.`)
}

/** A saving can only be proven where both have a price, and in one currency. */
function checkPrices({ prices, currencyOf }: RaceChoices, wanted: WantedRace, now: number): void {
  const { saving, champion, challengers, currency, shadow } = wanted
  if (saving === null && shadow === null) return
  const judges = shadow?.grader.kind === 'judge' ? [shadow.grader.model] : []
  for (const model of [champion, ...challengers, ...judges]) {
    const asked = { usage: { ...NO_USAGE, input: 1_000, output: 1_000 }, at: now, currency }
    if (prices.costOf(model, asked) !== null) continue
    const own = currencyOf(model)
    throw invalid(
      own === null || own === currency
        ? `${excerpt(model)} has no price now, so its cost cannot be counted. Give it one in paddock.yaml, or split on quality alone: --any-cost.`
        : `${excerpt(model)} is priced in ${own} and the race counts in ${currency}. Say in paddock.yaml what one ${own} is worth (fx), or split on quality alone: --any-cost.`,
    )
  }
}

function invalid(message: string): PaddockError {
  return new PaddockError('argument_invalid', { message })
}
