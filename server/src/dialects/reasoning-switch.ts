import type { ReasoningSwitch } from './facts.ts'
import type { JsonMembers, JsonOut } from './json-write.ts'
import type { Effort, ReasoningWish } from './neutral.ts'

/** A wish to think, in the words of a provider. Who counts in levels and who counts in tokens are told the same. */

const EFFORTS: readonly Effort[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** What an effort is in tokens of reasoning. No provider states it: these are the usual steps of gateways and clients. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  minimal: 1_024,
  low: 4_096,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
  max: 65_536,
}

export function readEffort(text: string): Effort | null {
  return EFFORTS.find((effort) => effort === text) ?? null
}

export type WrittenReasoning = {
  readonly members: readonly (readonly [path: string, value: JsonOut])[]
  /** False where the provider has no words for the wish. */
  readonly isSaid: boolean
}

export function writeReasoning(wish: ReasoningWish | null, words: ReasoningSwitch): WrittenReasoning {
  if (wish === null) return { members: [], isSaid: true }
  const members = wish.kind === 'off' ? offMembers(words) : onMembers(wish, words)
  return { members, isSaid: members.length > 0 }
}

type Members = [path: string, value: JsonOut][]

function offMembers({ toggle, effort, budget }: ReasoningSwitch): Members {
  if (toggle?.off !== undefined) return [[toggle.path, toggle.off]]
  if (effort?.levels.includes('none') === true) return [[effort.path, 'none']]
  return budget?.range.min === 0 ? [[budget.path, 0]] : []
}

function onMembers({ effort, budgetTokens }: Extract<ReasoningWish, { kind: 'on' }>, words: ReasoningSwitch): Members {
  const members: Members = []
  if (words.toggle) members.push([words.toggle.path, words.toggle.on])
  if (words.effort && (effort !== null || budgetTokens !== null)) {
    members.push([words.effort.path, nearestLevel(effort ?? effortFor(budgetTokens ?? 0), words.effort.levels)])
  } else if (words.budget && (effort !== null || budgetTokens !== null || words.budget.needed === true)) {
    const { min, max } = words.budget.range
    members.push([words.budget.path, Math.min(Math.max(budgetTokens ?? BUDGETS[effort ?? 'medium'], min), max)])
  }
  if (words.always) members.push([words.always.path, words.always.value])
  return members
}

function effortFor(budgetTokens: number): Effort {
  return EFFORTS.find((effort) => budgetTokens <= BUDGETS[effort]) ?? 'max'
}

/** Of two levels as near as each other the higher one: thinking too little costs the answer. */
function nearestLevel(wanted: Effort, levels: readonly string[]): string {
  const place = EFFORTS.indexOf(wanted)
  const distance = (level: string): number => Math.abs(EFFORTS.indexOf(level as Effort) - place)
  const known = EFFORTS.filter((effort) => levels.includes(effort)).toReversed()
  return known.toSorted((one, other) => distance(one) - distance(other))[0] ?? wanted
}

/** Members given by path, as objects in objects. */
export function nest(members: Iterable<readonly [path: string, value: JsonOut]>): Record<string, JsonOut> {
  const root: Record<string, JsonOut> = {}
  for (const [path, value] of members) {
    const names = path.split('.')
    const last = names.pop() ?? ''
    let object = root
    for (const name of names) object = open(object, name)
    object[last] = value
  }
  return root
}

function open(object: Record<string, JsonOut>, name: string): Record<string, JsonOut> {
  const inner: Record<string, JsonOut> = { ...(object[name] as JsonMembers | undefined) }
  object[name] = inner
  return inner
}
