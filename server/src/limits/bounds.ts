import { excerpt } from '../base/errors.ts'
import type { Demand } from './counter-store.ts'
import type { Need, Needs } from './places.ts'
import type { LimitRules, Rule } from './rules.ts'
import type { Who } from './who.ts'

/** What the places of the whole process are counted as. */
export const SERVER = 'server'

/** Something that is limited, and how much it may. */
export type Bound = {
  /** What it is counted as. */
  readonly id: string
  /** What it is called in messages. */
  readonly whose: string
  readonly rule: Rule
}

/** All that a request counts against: its key, team and organisation, the model, and the model for this key alone. */
export function boundsOf(rules: LimitRules, who: Who, model: string): readonly Bound[] {
  const { key, team, organisation } = who
  const keyName = excerpt(key.name)
  const modelName = excerpt(model)
  return [
    { id: `key:${key.id}`, whose: `key ${keyName}`, rule: rules.key(who) },
    { id: `team:${team.id}`, whose: `team ${excerpt(team.name)}`, rule: rules.team(team) },
    {
      id: `organisation:${organisation.id}`,
      whose: `organisation ${excerpt(organisation.name)}`,
      rule: rules.organisation(organisation),
    },
    { id: `model:${model}`, whose: `model ${modelName}`, rule: rules.model(model) },
    {
      id: `model:${model} key:${key.id}`,
      whose: `key ${keyName} with model ${modelName}`,
      rule: rules.modelPerKey(model),
    },
  ]
}

/** What a request takes from the sliding minutes it counts in. */
export function demandsOf(bounds: readonly Bound[], tokens: number): readonly Demand[] {
  return bounds.flatMap(({ id, whose, rule: { rpm, tpm } }) => [
    ...(rpm === null ? [] : [{ counter: `${id} requests`, kind: 'requests', whose, amount: 1, limit: rpm } as const]),
    ...(tpm === null ? [] : [{ counter: `${id} tokens`, kind: 'tokens', whose, amount: tokens, limit: tpm } as const]),
  ])
}

/** The places a request takes up while it runs: those of its caller before the server's, so that it hears of its own limit first. */
export function needsOf(bounds: readonly Bound[], { who, rules }: { who: Who; rules: LimitRules }): Needs {
  const places = bounds.flatMap(({ id, whose, rule: { concurrent } }) =>
    concurrent === null ? [] : [{ id, whose, limit: concurrent }],
  )
  return { key: who.key.id, places: [...places, serverNeed(rules)] }
}

/** Everybody needs a place of the server, whether these are limited or only counted. */
export function serverNeed({ concurrentMax }: LimitRules): Need {
  return { id: SERVER, whose: 'the server', limit: concurrentMax ?? Infinity }
}
