/** Marginal tiers: the tokens of a component cut at the limits of the tiers, so that each token pays the price of its own band. */
import type { CompiledVariant } from './compile.ts'
import type { Facts } from './conditions.ts'

/** Tokens of one component by their place in the prompt or in the answer, counted from one. */
export type TokenRun = { readonly side: 'prompt' | 'answer'; readonly first: number; readonly units: number }

/** Tokens that lie in the same tiers. To a condition the request looks as if it ended with the first of them. */
export type Band = { readonly units: number; readonly facts: Facts }

export function cutIntoBands(variants: readonly CompiledVariant[], run: TokenRun, facts: Facts): readonly Band[] {
  const end = run.first + run.units
  const limits = variants.flatMap(({ when }) => {
    const interval = run.side === 'prompt' ? when.inputTokens : when.outputTokens
    return interval === null ? [] : [interval.min, interval.max + 1]
  })
  const inside = limits.filter((limit) => limit > run.first && limit < end)
  const starts = [run.first, ...new Set(inside.toSorted((left, right) => left - right))]
  return starts.map((start, index) => ({
    units: (starts[index + 1] ?? end) - start,
    facts: run.side === 'prompt' ? { ...facts, inputTokens: start } : { ...facts, outputTokens: start },
  }))
}
