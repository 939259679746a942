import type { ConditionSetting } from '@paddock/contract/routes'
import type { RequestFacts } from './request.ts'

type Bounds = NonNullable<ConditionSetting['prompt_tokens']>

/** Why a condition does not hold for a request, or null when it does. All that is set must hold. */
export function unmetCondition(when: ConditionSetting, request: RequestFacts): string | null {
  return (
    unmetFlag('streams', when.stream, request.stream) ??
    unmetFlag('requests with images', when.has_images, request.hasImages) ??
    unmetFlag('requests with tools', when.has_tools, request.hasTools) ??
    unmetBounds(when.prompt_tokens, request.promptTokens) ??
    unmetTags(when.tags ?? [], request.tags) ??
    unmetName('key', when.key, request.key) ??
    unmetName('team', when.team, request.team)
  )
}

function unmetFlag(what: string, wanted: boolean | undefined, is: boolean): string | null {
  if (wanted === undefined || wanted === is) return null
  return wanted ? `only for ${what}` : `not for ${what}`
}

const COMPARISONS: readonly [name: keyof Bounds, sign: string, holds: (tokens: number, bound: number) => boolean][] = [
  ['lt', '<', (tokens, bound) => tokens < bound],
  ['lte', '≤', (tokens, bound) => tokens <= bound],
  ['gt', '>', (tokens, bound) => tokens > bound],
  ['gte', '≥', (tokens, bound) => tokens >= bound],
]

function unmetBounds(bounds: Bounds | undefined, tokens: number): string | null {
  for (const [name, sign, holds] of COMPARISONS) {
    const bound = bounds?.[name]
    if (bound !== undefined && !holds(tokens, bound)) {
      return `only for prompts of ${sign} ${bound} tokens; this one has about ${tokens}`
    }
  }
  return null
}

function unmetTags(wanted: readonly string[], carried: readonly string[]): string | null {
  const missing = wanted.filter((tag) => !carried.includes(tag))
  return missing.length === 0 ? null : `only for requests tagged ${missing.join(', ')}`
}

/** Callers read this in refusals, so it does not say whose keys and teams would do. */
function unmetName(what: string, wanted: string | readonly string[] | undefined, is: string | null): string | null {
  if (wanted === undefined) return null
  return is !== null && [wanted].flat().includes(is) ? null : `not for this ${what}`
}
