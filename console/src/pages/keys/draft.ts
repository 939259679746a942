import type { Ask } from '@paddock/webkit/api/operation.ts'
import { trimZeros } from '@paddock/webkit/format/format.ts'

/** Limits and budgets while they are typed: texts, and what they come to. */

type KeyBody = Ask<'keys.create'>['body']
export type Limits = NonNullable<KeyBody['limits']>
export type KeyBudget = NonNullable<KeyBody['budget']>

export const LIMITS = ['rpm', 'tpm', 'concurrent'] as const
/** What few need, behind a fold. */
export const MORE_LIMITS = ['output_tokens_max', 'prompt_bytes_max', 'images_max', 'choices_max', 'weight'] as const
export const ALL_LIMITS = [...LIMITS, ...MORE_LIMITS] as const
export type LimitName = (typeof ALL_LIMITS)[number]

/** Empty: not set here. */
export type LimitDraft = Readonly<Record<LimitName, string>>

export const NO_LIMITS = Object.fromEntries(ALL_LIMITS.map((name) => [name, ''])) as LimitDraft

export function limitDraftOf(limits: Limits | null): LimitDraft {
  return {
    ...NO_LIMITS,
    ...Object.fromEntries(Object.entries(limits ?? {}).map(([name, value]) => [name, String(value)])),
  }
}

/** Null where nothing is typed. What is no number goes as it is: the server knows "none", and says what is wrong with all else. */
function limitOf(typed: string): number | 'none' | null {
  const value = typed.trim()
  if (value === '') return null
  return /^\d+$/.test(value) ? Number(value) : (value as 'none')
}

/** Those that are set; undefined where none is. */
export function limitsFrom(draft: LimitDraft): Limits | undefined {
  const set = ALL_LIMITS.flatMap((name) => {
    const value = limitOf(draft[name])
    return value === null ? [] : [[name, value] as const]
  })
  return set.length === 0 ? undefined : (Object.fromEntries(set) as Limits)
}

type LimitChanges = NonNullable<Ask<'keys.change'>['body']['limits']>

/** What has to be said to come from one to the other: null for what is gone. */
export function limitChanges(before: LimitDraft, after: LimitDraft): LimitChanges {
  const changed = ALL_LIMITS.filter((name) => before[name].trim() !== after[name].trim())
  return Object.fromEntries(changed.map((name) => [name, limitOf(after[name])]))
}

export type BudgetDraft = {
  /** Empty: no budget. */
  readonly amount: string
  readonly currency: string
  /** day, week, month or rolling. */
  readonly window: string
  /** Of a rolling window: "5h", "30d". */
  readonly length: string
  /** Empty: the server's. */
  readonly zone: string
}

export const CALENDAR = ['day', 'week', 'month'] as const

export const NO_BUDGET: BudgetDraft = { amount: '', currency: 'CNY', window: 'month', length: '5h', zone: '' }

export function budgetDraftOf(budget: KeyBudget | null): BudgetDraft {
  if (budget === null) return NO_BUDGET
  return termsDraft({ amount: budget.amount.slice(0, -3).trim(), currency: budget.amount.slice(-3) }, budget)
}

type Window = { readonly window: string; readonly zone?: string | undefined }

export function termsDraft(
  { amount, currency }: { readonly amount: string; readonly currency: string },
  { window, zone = '' }: Window,
): BudgetDraft {
  const isCalendar = CALENDAR.some((name) => name === window)
  return {
    amount: trimZeros(amount),
    currency,
    window: isCalendar ? window : 'rolling',
    length: isCalendar ? NO_BUDGET.length : window,
    zone,
  }
}

/** Undefined where no amount is typed. */
export function budgetFrom({ amount, currency, window, length, zone }: BudgetDraft): KeyBudget | undefined {
  if (amount.trim() === '') return undefined
  return {
    amount: `${amount.trim()} ${currency.trim().toUpperCase()}`,
    window: window === 'rolling' ? length.trim() : window,
    ...(zone.trim() === '' ? {} : { zone: zone.trim() }),
  }
}

export const EXPIRIES = ['never', '7', '30', '90', '365', 'own'] as const
export type Expiry = (typeof EXPIRIES)[number]

const DAY = 86_400_000

/** The end of an own day is its last moment here, where the one who types is. */
export function expiryFrom(expiry: Expiry, ownDay: string, now: number): string | null {
  if (expiry === 'never') return null
  if (expiry !== 'own') return new Date(now + Number(expiry) * DAY).toISOString()
  const end = new Date(`${ownDay}T23:59:59`)
  return Number.isNaN(end.getTime()) ? null : end.toISOString()
}
