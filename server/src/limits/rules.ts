import type { LimitsSetting } from '@paddock/contract/config'
import type { Caps } from './caps.ts'
import type { Named, Who } from './who.ts'

/** What may be asked for in any sixty seconds and at once; null is no limit. */
export type Rule = { readonly rpm: number | null; readonly tpm: number | null; readonly concurrent: number | null }

/** The operator's limits, with defaults filled in. Built whole from the configuration and replaced whole. */
export type LimitRules = {
  /** Requests that may run in this process at once; null is no limit. */
  readonly concurrentMax: number | null
  readonly waitingMax: number
  readonly waitMsMax: number
  key(who: Who): Rule
  /** The caps on what one request of this key may ask for. */
  caps(who: Who): Caps
  /** How many turns a key has in a round, when requests wait. */
  weight(who: Who): number
  team(team: Named): Rule
  organisation(organisation: Named): Rule
  model(model: string): Rule
  modelPerKey(model: string): Rule
}

const CONCURRENT_MAX = 4_096
const WAITING_MAX = 1_024
const WAIT_SECONDS_MAX = 10
const DEFAULT_RULE = 'default'

export function readLimitRules(setting: LimitsSetting = {}): LimitRules {
  // Maps, because a team may be called "constructor".
  const keys = new Map(Object.entries(setting.keys ?? {}))
  const teams = new Map(Object.entries(setting.teams ?? {}))
  const organisations = new Map(Object.entries(setting.organisations ?? {}))
  const models = new Map(Object.entries(setting.models ?? {}))
  const ofKey = ({ key, own }: Who) => [own ?? undefined, ...layersOf(keys, key)]
  const ofModel = (model: string) => [models.get(model), models.get(DEFAULT_RULE)]
  return {
    concurrentMax: setting.concurrent === 'none' ? null : (setting.concurrent ?? CONCURRENT_MAX),
    waitingMax: setting.waiting?.requests ?? WAITING_MAX,
    waitMsMax: (setting.waiting?.seconds ?? WAIT_SECONDS_MAX) * 1_000,
    key: (who) => ruleOf(ofKey(who)),
    caps: (who) => capsOf(ofKey(who)),
    weight: (who) => decide(ofKey(who), 'weight') ?? 1,
    team: (team) => ruleOf(layersOf(teams, team)),
    organisation: (organisation) => ruleOf(layersOf(organisations, organisation)),
    model: (model) => ruleOf(ofModel(model)),
    modelPerKey: (model) => ruleOf(ofModel(model).map((layer) => layer?.per_key)),
  }
}

/** What is set about something, the most particular first. */
function layersOf<T>(settings: ReadonlyMap<string, T>, { id, name }: Named): readonly (T | undefined)[] {
  return [settings.get(id), settings.get(name), settings.get(DEFAULT_RULE)]
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

function ruleOf(layers: Layers<'rpm' | 'tpm' | 'concurrent'>): Rule {
  return { rpm: decide(layers, 'rpm'), tpm: decide(layers, 'tpm'), concurrent: decide(layers, 'concurrent') }
}

function capsOf(layers: Layers<'output_tokens_max' | 'choices_max' | 'images_max' | 'prompt_bytes_max'>): Caps {
  return {
    outputTokensMax: decide(layers, 'output_tokens_max'),
    choicesMax: decide(layers, 'choices_max'),
    imagesMax: decide(layers, 'images_max'),
    promptBytesMax: decide(layers, 'prompt_bytes_max'),
  }
}
