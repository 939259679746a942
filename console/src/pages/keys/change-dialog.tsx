import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { BudgetFields } from './budget-fields.tsx'
import { budgetDraftOf, budgetFrom, limitChanges, limitDraftOf } from './draft.ts'
import { LimitFields } from './limit-fields.tsx'
import { text } from './text.ts'

type ChangeDialogProps = { readonly of: Answer<'keys.find'>; readonly onClose: () => void }

/** Changes the limits and the budget of a key. What somebody else has changed meanwhile, and is not touched here, stays. */
export function ChangeDialog({ of: key, onClose }: ChangeDialogProps) {
  const t = useText(text)
  const say = useToast()
  const change = useChange('keys.change', ['keys', 'budgets'])
  const before = { limits: limitDraftOf(key.limits), budget: budgetDraftOf(key.budget) }
  const [limits, setLimits] = useState(before.limits)
  const [budget, setBudget] = useState(before.budget)
  const submit = (): void => {
    const changed = limitChanges(before.limits, limits)
    const sameBudget = JSON.stringify(budgetFrom(budget)) === JSON.stringify(budgetFrom(before.budget))
    const body = {
      ...(Object.keys(changed).length === 0 ? {} : { limits: changed }),
      ...(sameBudget ? {} : { budget: budgetFrom(budget) ?? null }),
    }
    change.mutate(
      { params: { id: key.id }, body },
      {
        onSuccess: () => {
          say(t.saved)
          onClose()
        },
      },
    )
  }
  return (
    <FormDialog
      onClose={onClose}
      shape="wide"
      title={t.changeTitle(key.name)}
      deed={t.save}
      busy={change.isPending}
      error={change.error}
      onSubmit={submit}
    >
      <LimitFields draft={limits} onChange={setLimits} error={change.error} />
      <fieldset>
        <legend className="mb-2 text-sm font-semibold">{t.budget}</legend>
        <BudgetFields draft={budget} onChange={setBudget} error={change.error} />
      </fieldset>
    </FormDialog>
  )
}
