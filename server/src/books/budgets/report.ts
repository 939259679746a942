import { BUDGET_SCOPES, type BudgetRecord, type BudgetScope } from '@paddock/contract/budgets'
import type { Pico } from '../../money/fixed-point.ts'
import type { BooksReader } from '../reader.ts'
import type { Budget } from './budget.ts'
import type { Convert } from './hold.ts'
import { budgetRecord } from './record.ts'
import type { BudgetRules, Named } from './rules.ts'
import { subjectName, subjectNames, type Subject } from './subject.ts'
import { stretchOf, type Sums } from './tally.ts'

export type ReportParts = {
  readonly books: Pick<BooksReader, 'charged' | 'running'>
  readonly rules: BudgetRules
  /** The budgets that are stored with keys, by the key's id. */
  readonly own: ReadonlyMap<string, readonly Budget[]>
  /** Organisations, teams and keys that there are. */
  readonly known: Readonly<Partial<Record<BudgetScope, readonly Named[]>>>
  readonly convert: Convert
  /** Whom to report on; everyone if left out. The organisation of who has spent nothing is not told. */
  readonly shows?: (subject: Subject) => boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

type Spent = { readonly subject: Subject; readonly sums: Map<string, bigint> }

/** Where a budget was set; `entered_id` is of those that were made while the server runs. */
export type ReportedBudget = BudgetRecord & {
  readonly set_in: 'paddock.yaml' | 'key' | 'console'
  readonly entered_id: string | null
}

/** Every budget of everyone that has one, from the books alone: what a server keeps in memory comes to the same. */
export async function reportBudgets(parts: ReportParts): Promise<ReportedBudget[]> {
  const { rules, own, now, shows = () => true } = parts
  const held = await heldBySubject(parts)
  const records: ReportedBudget[] = []
  const stored = new Set([...own.values()].flat())
  const entered = new Map(rules.entered.map((each) => [each.budget, each]))
  for (const budget of [...rules.all, ...stored]) {
    const spent = await spentBySubject(parts, budget)
    const made = entered.get(budget)
    for (const { subject, name } of made ? [knownAs(parts, made.subject)] : subjectsOf(parts, budget, spent)) {
      if (!shows(subject)) continue
      const owner = subjectName(subject)
      const total = (sums: Sums | undefined): bigint => inCurrency(parts, sums, budget.currency)
      const stand = { spent: total(spent.get(owner)?.sums), held: total(held.get(owner)), at: now }
      records.push({
        ...budgetRecord(budget, { id: subject.id, name, ...stand }),
        set_in: made ? 'console' : stored.has(budget) ? 'key' : 'paddock.yaml',
        entered_id: made?.id ?? null,
      })
    }
  }
  return records.toSorted((one, other) => BUDGET_SCOPES.indexOf(one.scope) - BUDGET_SCOPES.indexOf(other.scope))
}

function knownAs({ known }: ReportParts, subject: Subject): { subject: Subject; name: string } {
  return { subject, name: known[subject.scope]?.find(({ id }) => id === subject.id)?.name ?? subject.id }
}

async function spentBySubject({ books, now }: ReportParts, budget: Budget): Promise<Map<string, Spent>> {
  const stretch = stretchOf(budget.window, now)
  const query = { ...stretch, subject: { scope: budget.scope, id: null }, step: stretch.to - stretch.from }
  const spent = new Map<string, Spent>()
  for (const { subject, currency, amount } of await books.charged(query)) {
    const owner = subjectName(subject)
    const { sums } = spent.get(owner) ?? { sums: new Map<string, bigint>() }
    spent.set(owner, { subject, sums: sums.set(currency, (sums.get(currency) ?? 0n) + amount) })
  }
  return spent
}

async function heldBySubject({ books }: ReportParts): Promise<Map<string, Map<string, bigint>>> {
  const held = new Map<string, Map<string, bigint>>()
  for (const { intent, currency, amount } of await books.running()) {
    for (const owner of subjectNames(intent)) {
      const sums = held.get(owner) ?? new Map<string, bigint>()
      held.set(owner, sums.set(currency, (sums.get(currency) ?? 0n) + amount))
    }
  }
  return held
}

/** Those that are known, those that have spent, and the one that is named: of them, whom the budget is for. */
function subjectsOf(
  { rules, own, known }: ReportParts,
  budget: Budget,
  spent: ReadonlyMap<string, Spent>,
): { readonly subject: Subject; readonly name: string }[] {
  const { scope } = budget
  const named = new Map<string, { subject: Subject; name: string }>()
  for (const { id, name } of known[scope] ?? []) named.set(id, { subject: { scope, id, organisation: '' }, name })
  for (const { subject } of spent.values()) {
    named.set(scope === 'end_user' ? subjectName(subject) : subject.id, {
      subject,
      name: named.get(subject.id)?.name ?? subject.id,
    })
  }
  const isSelfNamed = scope === 'model' || scope === 'end_user'
  const isThere = [...named.values()].some(({ subject }) => subject.id === budget.name)
  if (isSelfNamed && budget.name !== null && !isThere)
    named.set(budget.name, { subject: { scope, id: budget.name, organisation: '' }, name: budget.name })
  return [...named.values()].filter(({ subject: { id }, name }) =>
    rules.of(scope, { id, name }, scope === 'key' ? own.get(id) : []).includes(budget),
  )
}

function inCurrency({ convert, now }: ReportParts, sums: Sums | undefined, currency: string): bigint {
  let total = 0n
  for (const [from, amount] of sums ?? []) total += convert(amount as Pico, { from, to: currency, at: now }) ?? 0n
  return total
}
