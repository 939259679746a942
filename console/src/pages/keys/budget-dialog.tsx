import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { CheckField, SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { BudgetFields } from './budget-fields.tsx'
import { budgetsText } from './budgets-text.ts'
import { budgetFrom, NO_BUDGET, termsDraft } from './draft.ts'
import { SCOPES } from './search.ts'
import type { Budget } from './used.ts'

type Scope = (typeof SCOPES)[number]

/** Makes a budget; or changes one, and then whose it is stays. */
export function BudgetDialog({ budget, onClose }: { readonly budget: Budget | null; readonly onClose: () => void }) {
  const t = useText(budgetsText)
  const say = useToast()
  const create = useChange('budgets.create')
  const change = useChange('budgets.change')
  const [scope, setScope] = useState<Scope>('team')
  const [id, setId] = useState('')
  const [terms, setTerms] = useState(budget === null ? NO_BUDGET : termsDraft(budget.limit, budget))
  const [isHard, setHard] = useState(budget?.hard ?? true)
  const [alerts, setAlerts] = useState('')
  const error = create.error ?? change.error
  const submit = (): void => {
    const setting = budgetFrom(terms)
    if (setting === undefined) return
    const body = { ...setting, hard: isHard, ...(alerts.trim() === '' ? {} : { alerts: alertsFrom(alerts) }) }
    const onSuccess = (): void => {
      say(budget === null ? t.made : t.saved)
      onClose()
    }
    if (budget !== null) change.mutate({ params: { id: budget.budget_id ?? '' }, body }, { onSuccess })
    else create.mutate({ body: { scope, ...(scope === 'organisation' ? {} : { id }), ...body } }, { onSuccess })
  }
  return (
    <FormDialog
      onClose={onClose}
      title={budget === null ? t.makeTitle : t.changeTitle(budget.name)}
      deed={budget === null ? t.create : t.save}
      busy={create.isPending || change.isPending}
      error={error}
      onSubmit={submit}
    >
      {budget === null && (
        <Subject scope={scope} onScope={setScope} id={id} onId={setId} error={errorOf(error, 'id')} />
      )}
      <BudgetFields required draft={terms} onChange={setTerms} error={error} />
      <CheckField
        label={t.hardLabel}
        hint={t.hardHint}
        checked={isHard}
        onChange={({ target: { checked } }) => setHard(checked)}
      />
      <TextField
        label={t.alerts}
        hint={budget === null ? t.alertsHint : t.alertsKept}
        placeholder="50, 80, 100"
        pattern="[0-9 ,，、]*"
        value={alerts}
        onChange={({ target: { value } }) => setAlerts(value)}
        error={errorOf(error, 'alerts')}
      />
    </FormDialog>
  )
}

function alertsFrom(typed: string): number[] {
  return (typed.match(/\d+/g) ?? []).map(Number)
}

type SubjectProps = {
  readonly scope: Scope
  readonly onScope: (scope: Scope) => void
  readonly id: string
  readonly onId: (id: string) => void
  readonly error: string | null
}

/** Whose budget it is to be. */
function Subject({ scope, onScope, id, onId, error }: SubjectProps) {
  const t = useText(budgetsText)
  const teams = useAsk('people.teams', {}, { when: scope === 'team' })
  const keys = useAsk('keys.list', { query: { limit: 200, state: 'active' } }, { when: scope === 'key' })
  const models = useAsk('routes.models', {}, { when: scope === 'model' })
  const offered = (models.data?.items ?? []).flatMap(({ name, route }) => (route ? [] : [name]))
  const named = scope === 'team' ? teams.data?.items : scope === 'key' ? keys.data?.items : undefined
  const label = t.scopes[scope]
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <SelectField
        label={t.forWhom}
        value={scope}
        onChange={({ target: { value } }) => {
          onScope(SCOPES.find((each) => each === value) ?? 'team')
          onId('')
        }}
        options={SCOPES.map((value) => ({ value, label: t.scopes[value] }))}
      />
      {(scope === 'team' || scope === 'key') && (
        <SelectField
          label={label}
          required
          value={id}
          onChange={({ target: { value } }) => onId(value)}
          options={[{ value: '', label: '' }, ...(named ?? []).map((each) => ({ value: each.id, label: each.name }))]}
          error={error}
        />
      )}
      {(scope === 'end_user' || scope === 'model') && (
        <TextField
          label={label}
          required
          offers={scope === 'model' ? offered : undefined}
          hint={scope === 'model' ? t.modelHint : t.endUserHint}
          value={id}
          onChange={({ target: { value } }) => onId(value)}
          error={error}
        />
      )}
    </div>
  )
}
