import type { Answer } from '@paddock/webkit/api/operation.ts'

export type Budget = Answer<'budgets.list'>['items'][number]

/** How full a budget is, as shares of it. Amounts become numbers here only to be drawn. */
export type Fill = { readonly spent: number; readonly held: number; readonly tone: 'accent' | 'warn' | 'bad' }

const NEARLY = 0.8

export function fillOf({ limit, spent, held }: Pick<Budget, 'limit' | 'spent' | 'held'>): Fill {
  const whole = Number(limit.amount)
  const part = (amount: string): number => (whole === 0 ? (Number(amount) > 0 ? 1 : 0) : Number(amount) / whole)
  const fill = { spent: part(spent.amount), held: part(held.amount) }
  const used = fill.spent + fill.held
  return { ...fill, tone: used >= 1 ? 'bad' : used >= NEARLY ? 'warn' : 'accent' }
}

/** The budgets that are a key's own, the fullest first: it is the one that will refuse first. */
export function budgetsOfKey(budgets: readonly Budget[], keyId: string): Budget[] {
  const used = (budget: Budget): number => {
    const { spent, held } = fillOf(budget)
    return spent + held
  }
  return budgets
    .filter(({ scope, id }) => scope === 'key' && id === keyId)
    .toSorted((one, other) => used(other) - used(one))
}
