import type { Answer, Ask } from '@paddock/webkit/api/operation.ts'

/** What is typed into the form that starts a race, and the question it makes. */

/** What it starts from: a proposal, or nothing yet. */
export type Starting = { readonly proposal?: Answer<'races.proposals'>['items'][number] }
export type Wanted = NonNullable<Ask<'races.start'>['body']>

export const GRADERS = ['json-schema', 'exact', 'judge'] as const

export type Form = {
  readonly route: string
  readonly challengers: readonly string[]
  readonly mode: 'split' | 'shadow'
  /** In percent, as it is typed. */
  readonly margin: string
  readonly saving: string
  /** Of the shadow, in the champion's currency. */
  readonly budget: string
  readonly grader: (typeof GRADERS)[number]
  readonly judge: string
  readonly auto: boolean
}

export const CHALLENGERS_MAX = 5

export function firstForm({ proposal }: Starting): Form {
  return {
    route: proposal?.route ?? '',
    challengers: [proposal?.challenger ?? ''],
    mode: 'split',
    margin: '5',
    saving: '10',
    budget: '20',
    grader: 'json-schema',
    judge: '',
    auto: false,
  }
}

/** Empty means "as usual", or that no saving is asked for. */
export function bodyOf(form: Form, { proposal }: Starting): Wanted {
  const { route, mode, auto, budget } = form
  const challengers = form.challengers.map((model) => model.trim()).filter((model) => model !== '')
  const grader = form.grader === 'judge' ? { kind: form.grader, model: form.judge.trim() } : { kind: form.grader }
  return {
    ...(proposal ? { proposal: proposal.id } : {}),
    route,
    challengers,
    mode,
    auto,
    saving: shareOf(form.saving) ?? null,
    ...(shareOf(form.margin) === undefined ? {} : { margin: shareOf(form.margin) }),
    ...(mode === 'shadow' ? { shadow: { budget: budget.trim(), grader } } : {}),
  }
}

/** "5" percent is 0.05; undefined where nothing is typed. */
export function shareOf(percent: string): number | undefined {
  return percent.trim() === '' ? undefined : Number((Number(percent) / 100).toFixed(6))
}
