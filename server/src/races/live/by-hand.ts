import { PaddockError } from '../../base/errors.ts'
import { isOpen, runners, type LiveRace } from './live-race.ts'
import { promote, rollBack, take, type Referee } from './referee.ts'
import { readVerdicts } from './verdict-chain.ts'

/** What a person decides about a race, in place of the referee. Each throws `argument_invalid` where it cannot be done. */
export type Person = {
  /** How verdicts name who it was. */
  readonly actor: string
  readonly reason?: string
}

/** Ends a race; who leads the route stays as it is. */
export async function stopByHand(referee: Referee, race: LiveRace, { actor, reason }: Person): Promise<LiveRace> {
  needOpen(race)
  const why = reason ?? 'stopped by hand'
  const ruling = { kind: 'stop', challenger: null, actor, reason: why, evidence: {} } as const
  return decided(await take(referee, race, { change: { state: 'stopped' }, ruling }))
}

export type Promoting = Person & {
  /** Whatever the evidence says; null takes the one that is proposed. */
  readonly challenger: string | null
  /** What was known then. */
  readonly evidence: unknown
}

export async function promoteByHand(referee: Referee, race: LiveRace, by: Promoting): Promise<LiveRace> {
  needOpen(race)
  const { actor, evidence } = by
  const verdicts = await readVerdicts(referee.tables, race.id)
  const proposed = verdicts.findLast(({ kind }) => kind === 'propose')?.challenger ?? null
  const challenger = by.challenger ?? proposed
  if (race.promotion !== null || challenger === null || !runners(race).includes(challenger))
    throw new PaddockError('argument_invalid', {
      message: `Race ${race.id} is ${race.state} and proposes ${proposed ?? 'nobody'}. Name one of its challengers to promote it against the evidence: ${runners(race).join(' or ')}.`,
    })
  const usual = challenger === proposed ? 'promoted by hand, as proposed' : 'promoted by hand, against the evidence'
  return decided(await promote(referee, race, { challenger, actor, evidence, reason: by.reason ?? usual }))
}

export async function rollBackByHand(referee: Referee, race: LiveRace, { actor, reason }: Person): Promise<LiveRace> {
  if (race.promotion === null || !['watching', 'settled'].includes(race.state))
    throw new PaddockError('argument_invalid', {
      message: `Race ${race.id} is ${race.state}: there is no promotion of it to go back from.`,
    })
  return decided(await rollBack(referee, race, { actor, reason: reason ?? 'rolled back by hand' }))
}

function needOpen(race: LiveRace): void {
  if (!isOpen(race))
    throw new PaddockError('argument_invalid', { message: `Race ${race.id} has ended: it is ${race.state}.` })
}

function decided(race: LiveRace | null): LiveRace {
  if (race !== null) return race
  throw new PaddockError('argument_invalid', {
    message: 'The race was decided at this very moment. Look at it again.',
  })
}
