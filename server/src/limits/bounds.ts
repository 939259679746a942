import type { Demand } from './counter-store.ts'
import type { Need, Needs } from './places.ts'
import type { LimitRules, Rule } from './rules.ts'
import type { Named, Who } from './who.ts'

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

/** What a request counts against, of its key, its team and organisation, the model, and the model for this key alone. */
export function boundsOf(rules: LimitRules, who: Who, model: string): readonly Bound[] {
  const { key, team, organisation } = who
  const bounds: Bound[] = []
  // Most things have no limit, and names are made for the others only: this is done for every request.
  const ofKey = rules.key(who)
  if (isLimited(ofKey)) bounds.push(boundOf(ofKey, 'key', key))
  const ofTeam = rules.team(team)
  if (isLimited(ofTeam)) bounds.push(boundOf(ofTeam, 'team', team))
  const ofOrganisation = rules.organisation(organisation)
  if (isLimited(ofOrganisation)) bounds.push(boundOf(ofOrganisation, 'organisation', organisation))
  const ofModel = rules.model(model)
  if (isLimited(ofModel)) bounds.push(boundOf(ofModel, 'model', { id: model, name: model }))
  if (isLimited(ofModel.perKey)) {
    // The key comes first, because its id cannot be chosen to look like something else, and a model's name can.
    const named = { id: `${key.id} with model ${model}`, name: `${key.name} with model ${model}` }
    bounds.push(boundOf(ofModel.perKey, 'key', named))
  }
  return bounds
}

function isLimited({ rpm, tpm, concurrent }: Rule): boolean {
  return rpm !== null || tpm !== null || concurrent !== null
}

function boundOf(rule: Rule, kind: string, { id, name }: Named): Bound {
  return { id: `${kind} ${id}`, whose: `${kind} ${name}`, rule }
}

/** What a request takes from the sliding minutes it counts in. */
export function demandsOf(bounds: readonly Bound[], tokens: number): readonly Demand[] {
  const demands: Demand[] = []
  for (const { id, whose, rule } of bounds) {
    if (rule.rpm !== null)
      demands.push({ counter: `${id} requests`, kind: 'requests', whose, amount: 1, limit: rule.rpm })
    if (rule.tpm !== null)
      demands.push({ counter: `${id} tokens`, kind: 'tokens', whose, amount: tokens, limit: rule.tpm })
  }
  return demands
}

/** The places a request takes up while it runs. The server's comes last: a caller over its own limit hears of that. */
export function needsOf(bounds: readonly Bound[], key: string, server: Need): Needs {
  const places: Need[] = []
  for (const { id, whose, rule } of bounds) {
    if (rule.concurrent !== null) places.push({ id, whose, limit: rule.concurrent })
  }
  places.push(server)
  return { key, places }
}

/** Made once for each set of rules: every request asks for it three times. */
const serverNeeds = new WeakMap<LimitRules, Need>()

/** Everybody needs a place of the server, whether these are limited or only counted. */
export function serverNeed(rules: LimitRules): Need {
  const known = serverNeeds.get(rules)
  if (known) return known
  const need = { id: SERVER, whose: 'the server', limit: rules.concurrentMax ?? Infinity }
  serverNeeds.set(rules, need)
  return need
}
