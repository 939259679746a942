import { z } from 'zod'
import { isDecimal } from './decimal.ts'

/** The `routes:` of paddock.yaml: names callers ask for, and the candidates each may lead to. */

export const text = z.string().min(1)
const oneOrMore = z.union([text, z.array(text).min(1)])
const tokens = z.int().min(0)

/** What an operator may call a provider or a route. */
export const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'use small letters, digits, ".", "_" and "-", at most 64, starting with a letter or digit',
  )

/** How a route orders its candidates. */
const STRATEGIES = ['priority', 'weight', 'cheapest', 'fastest'] as const

/** What a request must be like for a candidate to be used; everything that is set must hold. */
const conditionSetting = z.strictObject({
  stream: z.boolean().optional(),
  has_images: z.boolean().optional(),
  has_tools: z.boolean().optional(),
  prompt_tokens: z
    .strictObject({ lt: tokens.optional(), lte: tokens.optional(), gt: tokens.optional(), gte: tokens.optional() })
    .refine((bounds) => Object.keys(bounds).length > 0, 'set at least one of lt, lte, gt and gte')
    .optional(),
  tags: z.array(text).min(1).optional().describe('Tags the request must all carry.'),
  key: oneOrMore.optional().describe('The id of the key it came with, or several of which one must be it.'),
  team: oneOrMore.optional().describe('The team of that key, or several of which one must be it.'),
})

/** When a second attempt is started beside a slow first one, and what it may cost at most. */
const hedgeSetting = z
  .strictObject({
    after_ms: z.int().min(1).optional().describe('After so many milliseconds without a word.'),
    after_p95: z.literal(true).optional().describe('After the time within which 95 of 100 answers have begun.'),
    cost_cap: z.string().refine(isDecimal, 'write what a second attempt may cost as text, such as "0.01"'),
  })
  .refine((hedge) => (hedge.after_ms === undefined) !== (hedge.after_p95 === undefined), {
    error: 'set either after_ms or after_p95: true',
  })

const routeSetting = z.strictObject({
  name,
  candidates: z
    .array(
      z.strictObject({
        model: text.describe('provider/model, or another route, whose candidates then stand here in their own order.'),
        weight: z
          .int()
          .min(0)
          .max(1_000_000)
          .optional()
          .describe('Its share where the strategy is weight; 0 lists it and sends it nothing.'),
        when: conditionSetting.optional(),
      }),
    )
    .min(1, 'name at least one candidate'),
  strategy: z.enum(STRATEGIES, `write one of ${STRATEGIES.join(', ')}`).optional(),
  attempts_max: z.int().min(1).max(10).optional().describe('The most attempts one request may make; 3 if left out.'),
  sticky: z
    .boolean()
    .optional()
    .describe('Whether a session stays with the candidate that answered it; yes if left out.'),
  hedge: hedgeSetting.optional(),
  cache_seconds: z
    .int()
    .min(0)
    .max(2_592_000)
    .optional()
    .describe('For how long the same request is given the same answer; 0 never, left out as cache.seconds says.'),
})

export type RouteSetting = z.infer<typeof routeSetting>
export type ConditionSetting = z.infer<typeof conditionSetting>
export type HedgeSetting = z.infer<typeof hedgeSetting>
export type Strategy = (typeof STRATEGIES)[number]

export const routeSettings = z.array(routeSetting).check(({ value, issues }) => {
  for (const { path, message } of findRouteProblems(value)) {
    issues.push({ code: 'custom', input: value, path: [...path], message })
  }
})

/** What is wrong with routes that are well-formed one by one; `path` leads from the list to the place. */
export type RouteProblem = { readonly path: readonly (string | number)[]; readonly message: string }

/** Two routes of one name, a route whose candidates all have weight 0, and routes that lead back to themselves. */
export function findRouteProblems(routes: readonly RouteSetting[]): RouteProblem[] {
  return [...findSameNames(routes), ...findIdle(routes), ...findCircles(routes)]
}

function findSameNames(routes: readonly RouteSetting[]): RouteProblem[] {
  return routes.flatMap(({ name }, index) =>
    routes.findIndex((route) => route.name === name) === index
      ? []
      : [{ path: [index, 'name'], message: `Two routes are called ${name}. Give one of them another name.` }],
  )
}

function findIdle(routes: readonly RouteSetting[]): RouteProblem[] {
  return routes.flatMap(({ name, candidates }, index) =>
    candidates.length > 0 && candidates.every(({ weight }) => weight === 0)
      ? [
          {
            path: [index, 'candidates'],
            message: `The weights of route ${name} add up to 0, so nothing would get its requests. Give a candidate a weight of 1 or more.`,
          },
        ]
      : [],
  )
}

/** Every circle once, at the candidate that closes it. */
function findCircles(routes: readonly RouteSetting[]): RouteProblem[] {
  const indexOf = new Map(routes.map(({ name }, index) => [name, index]))
  const problems: RouteProblem[] = []
  const seen = new Set<number>()
  const follow = (trail: readonly number[]): void => {
    const here = trail.at(-1) ?? 0
    seen.add(here)
    for (const [place, { model }] of (routes[here]?.candidates ?? []).entries()) {
      const next = indexOf.get(model)
      if (next === undefined) continue
      const start = trail.indexOf(next)
      if (start >= 0) {
        const names = [...trail.slice(start), next].map((index) => routes[index]?.name ?? '')
        problems.push({ path: [here, 'candidates', place, 'model'], message: describeCircle(names) })
      } else if (!seen.has(next)) follow([...trail, next])
    }
  }
  for (const index of routes.keys()) if (!seen.has(index)) follow([index])
  return problems
}

function describeCircle(names: readonly string[]): string {
  const [name = ''] = names
  return names.length === 2
    ? `Route ${name} names itself as a candidate. Name a provider/model or another route there.`
    : `Routes lead in a cycle: ${names.join(' → ')}. Name a provider/model there, or take the candidate out.`
}
