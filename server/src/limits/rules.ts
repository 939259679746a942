import type { KeyLimitSetting, LimitSetting, LimitsSetting } from '@paddock/contract/config'
import type { Caps } from './caps.ts'
import type { Named, Who } from './who.ts'

/** What may be asked for in any sixty seconds and at once; null is no limit. */
export type Rule = { readonly rpm: number | null; readonly tpm: number | null; readonly concurrent: number | null }

/** The rule of a key: its limits, its turns in a round when requests wait, and caps on what one request may ask for. */
export type KeyRule = Rule & { readonly weight: number; readonly caps: Caps }

/** The rule of a model: for all who call it together, and for each key. */
export type ModelRule = Rule & { readonly perKey: Rule }

/** The operator's limits, with defaults filled in. Built whole from the configuration and replaced whole. */
export type LimitRules = {
  /** Requests that may run in this process at once; null is no limit. */
  readonly concurrentMax: number | null
  readonly waitingMax: number
  readonly waitMsMax: number
  key(who: Who): KeyRule
  team(team: Named): Rule
  organisation(organisation: Named): Rule
  model(model: string): ModelRule
}

const CONCURRENT_MAX = 4_096
const WAITING_MAX = 1_024
const WAIT_SECONDS_MAX = 10

export function readLimitRules(setting: LimitsSetting = {}): LimitRules {
  const keys = compile(setting.keys, keyRuleOf)
  const teams = compile(setting.teams, ruleOf)
  const organisations = compile(setting.organisations, ruleOf)
  const models = compile(setting.models, (layers) => ({
    ...ruleOf(layers),
    perKey: ruleOf(layers.map((layer) => layer?.per_key)),
  }))
  return {
    concurrentMax: setting.concurrent === 'none' ? null : (setting.concurrent ?? CONCURRENT_MAX),
    waitingMax: setting.waiting?.requests ?? WAITING_MAX,
    waitMsMax: (setting.waiting?.seconds ?? WAIT_SECONDS_MAX) * 1_000,
    key: ({ key, own }) => {
      const { layers, rule } = pick(keys, key)
      return own === null ? rule : keyRuleOf([own, ...layers])
    },
    team: (team) => pick(teams, team).rule,
    organisation: (organisation) => pick(organisations, organisation).rule,
    model: (model) => pick(models, { id: model, name: model }).rule,
  }
}

/** Settings, the most particular first, and what they come to. */
type Decided<S, R> = { readonly layers: readonly (S | undefined)[]; readonly rule: R }
/** A map, because a team may be called "constructor". */
type Compiled<S, R> = { readonly named: ReadonlyMap<string, Decided<S, R>>; readonly unnamed: Decided<S, R> }

/** Decides everything that is set once, so that a request only has to look it up. */
function compile<S, R>(
  settings: Readonly<Record<string, S>> = {},
  decideAll: (layers: readonly (S | undefined)[]) => R,
): Compiled<S, R> {
  const { default: general, ...particular } = settings
  const decided = (layers: readonly (S | undefined)[]): Decided<S, R> => ({ layers, rule: decideAll(layers) })
  return {
    named: new Map(Object.entries(particular).map(([name, layer]) => [name, decided([layer, general])])),
    unnamed: decided([general]),
  }
}

function pick<S, R>({ named, unnamed }: Compiled<S, R>, { id, name }: Named): Decided<S, R> {
  return named.get(id) ?? named.get(name) ?? unnamed
}

type Layers<F extends string> = readonly ({ readonly [field in F]?: number | 'none' | undefined } | undefined)[]

/** The first layer that says anything about a field decides it. */
function decide<F extends string>(layers: Layers<F>, field: F): number | null {
  for (const layer of layers) {
    const value = layer?.[field]
    if (value !== undefined) return value === 'none' ? null : value
  }
  return null
}

function ruleOf(layers: readonly (LimitSetting | undefined)[]): Rule {
  return { rpm: decide(layers, 'rpm'), tpm: decide(layers, 'tpm'), concurrent: decide(layers, 'concurrent') }
}

function keyRuleOf(layers: readonly (KeyLimitSetting | undefined)[]): KeyRule {
  return {
    ...ruleOf(layers),
    weight: decide(layers, 'weight') ?? 1,
    caps: {
      outputTokensMax: decide(layers, 'output_tokens_max'),
      choicesMax: decide(layers, 'choices_max'),
      imagesMax: decide(layers, 'images_max'),
      promptBytesMax: decide(layers, 'prompt_bytes_max'),
    },
  }
}
