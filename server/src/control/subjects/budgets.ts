import type { budgetsApi } from '@paddock/contract/control/budgets'
import type { Clock } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import { readKeyBudget } from '../../books/budgets/budget.ts'
import type { EnteredBudget, EnteredBudgets } from '../../books/budgets/entered-budgets.ts'
import type { Convert } from '../../books/budgets/hold.ts'
import { reportBudgets, type ReportedBudget } from '../../books/budgets/report.ts'
import type { BudgetRules } from '../../books/budgets/rules.ts'
import type { Subject } from '../../books/budgets/subject.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { Directory } from '../../callers/directory.ts'
import { nameActor, type Actor } from '../actor.ts'
import { notFound, type Handlers } from '../handlers.ts'

export type BudgetsParts = {
  readonly clock: Clock
  readonly reader: Pick<BooksReader, 'charged' | 'running'>
  readonly directory: Pick<Directory, 'keyPage' | 'teams'>
  readonly rules: () => BudgetRules
  readonly convert: Convert
  readonly enteredBudgets: EnteredBudgets
  /** Puts the budgets that are entered now in force. */
  readonly rebuild: () => Promise<void>
}

/** All keys of an organisation: each may have a budget of its own. */
const KEYS_MAX = 100_000

export function budgetsHandlers(parts: BudgetsParts): Handlers<typeof budgetsApi> {
  const { enteredBudgets, rebuild } = parts
  const show = async (actor: Actor, id: string) => {
    const record = (await report(parts, actor)).find(({ entered_id }) => entered_id === id)
    if (!record) throw notFound('budget', id)
    return budgetOf(record)
  }
  return {
    list: async ({ actor, query: { scope, id, set_in, hard } }) => {
      const records = (await report(parts, actor)).filter(
        (record) =>
          (scope === undefined || record.scope === scope) &&
          (id === undefined || record.id === id) &&
          (set_in === undefined || record.set_in === set_in) &&
          (hard === undefined || record.hard === hard),
      )
      return { items: records.map(budgetOf) }
    },
    create: async ({ actor, body: { scope, id, ...terms }, note }) => {
      const subject = await subjectOf(parts, actor, { scope, id: id ?? null })
      const made = await enteredBudgets.make({ subject, terms: withoutAbsent(terms), by: nameActor(actor).name })
      await rebuild()
      note({ target: made.id, after: made })
      return show(actor, made.id)
    },
    change: async ({ actor, params, body, note }) => {
      const before = await findEntered(parts, actor, params.id)
      const after = await enteredBudgets.change(before.id, { ...before.terms, ...withoutAbsent(body) })
      await rebuild()
      note({ before, after })
      return show(actor, before.id)
    },
    end: async ({ actor, params, note }) => {
      const before = await findEntered(parts, actor, params.id)
      if (!(await enteredBudgets.end(before.id, nameActor(actor).name))) throw notFound('budget', params.id)
      await rebuild()
      note({ before })
      return { done: true }
    },
  }
}

async function report(parts: BudgetsParts, actor: Actor): Promise<ReportedBudget[]> {
  const { clock, reader, directory, convert } = parts
  const { organisationId, organisationName } = actor
  const rules = parts.rules()
  const keys = await directory.keyPage({ organisationId, limit: KEYS_MAX })
  const own = keys.map(
    ({ id, budget }) => [id, budget === null ? [] : [readKeyBudget(budget, { key: id, zone: rules.zone })]] as const,
  )
  return reportBudgets({
    books: reader,
    rules,
    own: new Map(own),
    known: {
      organisation: [{ id: organisationId, name: organisationName }],
      team: await directory.teams(organisationId),
      key: keys.filter(({ revoked_at }) => revoked_at === null),
    },
    convert,
    shows: (subject) => maySee(actor, subject),
    now: clock.now(),
  })
}

/** A model is everybody's: what is spent on it is for those who run the installation. */
function maySee({ organisationId, installation }: Actor, { scope, organisation }: Subject): boolean {
  if (scope === 'model') return installation
  return organisation === '' || organisation === organisationId
}

/** Whom a budget is to be for: of one's own organisation, or a model. */
async function subjectOf(
  { directory }: BudgetsParts,
  actor: Actor,
  { scope, id }: { readonly scope: Subject['scope']; readonly id: string | null },
): Promise<Subject> {
  const { organisationId: organisation } = actor
  if (scope === 'organisation') {
    if (id !== null && id !== organisation) throw notFound('organisation', id)
    return { scope, id: organisation, organisation }
  }
  if (id === null) {
    throw new PaddockError('field_invalid', { message: `/id: name the ${scope} that the budget is for.`, param: '/id' })
  }
  if (scope === 'model' && !actor.installation) {
    throw new PaddockError('role_missing', {
      message:
        'A model is shared by all organisations, so its budget is for members of the first one, which runs this Paddock.',
    })
  }
  const isThere =
    scope === 'key'
      ? (await directory.keyPage({ organisationId: organisation, id, limit: 1 })).length > 0
      : scope !== 'team' || (await directory.teams(organisation)).some((team) => team.id === id)
  if (!isThere) throw notFound(scope, id)
  return { scope, id, organisation }
}

async function findEntered({ enteredBudgets }: BudgetsParts, actor: Actor, id: string): Promise<EnteredBudget> {
  const found = (await enteredBudgets.list()).find((each) => each.id === id)
  const isOwn = found !== undefined && found.subject.organisation === actor.organisationId
  if (!isOwn || !maySee(actor, found.subject)) throw notFound('budget', id)
  return found
}

type Present<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> }

function withoutAbsent<Fields extends object>(fields: Fields): Present<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<Fields>
}

function budgetOf({ amount, currency, spent, held, left, entered_id, ...record }: ReportedBudget) {
  const money = (each: string): { amount: string; currency: string } => ({ amount: each, currency })
  return {
    ...record,
    limit: money(amount),
    spent: money(spent),
    held: money(held),
    left: money(left),
    budget_id: entered_id,
  }
}
