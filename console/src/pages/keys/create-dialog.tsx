import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { CheckField, SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { BudgetFields } from './budget-fields.tsx'
import { budgetFrom, EXPIRIES, expiryFrom, limitsFrom, NO_BUDGET, NO_LIMITS, type Expiry } from './draft.ts'
import { LimitFields } from './limit-fields.tsx'
import { ModelsField } from './models-field.tsx'
import { SecretDialog } from './secret-dialog.tsx'
import { text } from './text.ts'

const SCOPES = ['call', 'read', 'admin'] as const

type Draft = {
  readonly name: string
  readonly team: string
  readonly user: string
  readonly scopes: readonly (typeof SCOPES)[number][]
  readonly models: readonly string[] | null
  readonly expiry: Expiry
  readonly lastDay: string
  readonly limits: typeof NO_LIMITS
  readonly budget: typeof NO_BUDGET
}

const EMPTY: Draft = {
  name: '',
  team: '',
  user: '',
  scopes: ['call'],
  models: null,
  expiry: 'never',
  lastDay: '',
  limits: NO_LIMITS,
  budget: NO_BUDGET,
}

/** Makes a key, and shows its secret the one time that there is. */
export function CreateDialog({ team, onClose }: { readonly team: string; readonly onClose: () => void }) {
  const t = useText(text)
  const create = useChange('keys.create', ['keys', 'budgets', 'people'])
  const [draft, setDraft] = useState<Draft>({ ...EMPTY, team })
  const [isModelMissing, setModelMissing] = useState(false)
  if (create.data) return <SecretDialog made={create.data} onClose={onClose} />
  const submit = (): void => {
    const { name, user, scopes, models, expiry, lastDay } = draft
    setModelMissing(models?.length === 0)
    if (models?.length === 0) return
    const body = {
      name,
      scopes: [...scopes],
      models: models === null ? null : [...models],
      expires_at: expiryFrom(expiry, lastDay, Date.now()),
      ...(draft.team.trim() === '' ? {} : { team: draft.team }),
      ...(user.trim() === '' ? {} : { user }),
      limits: limitsFrom(draft.limits),
      budget: budgetFrom(draft.budget),
    }
    create.mutate({ body })
  }
  return (
    <FormDialog
      onClose={onClose}
      shape="wide"
      title={t.makeTitle}
      deed={t.create}
      busy={create.isPending}
      error={create.error}
      onSubmit={submit}
    >
      <Whose draft={draft} onChange={setDraft} error={create.error} />
      <Scopes draft={draft} onChange={setDraft} />
      <ModelsField
        models={draft.models}
        onChange={(models) => setDraft({ ...draft, models })}
        error={isModelMissing ? t.modelMissing : errorOf(create.error, 'models')}
      />
      <LimitFields draft={draft.limits} onChange={(limits) => setDraft({ ...draft, limits })} error={create.error} />
      <fieldset>
        <legend className="mb-2 text-sm font-semibold">{t.budget}</legend>
        <BudgetFields draft={draft.budget} onChange={(budget) => setDraft({ ...draft, budget })} error={create.error} />
      </fieldset>
    </FormDialog>
  )
}

type PartProps = { readonly draft: Draft; readonly onChange: (draft: Draft) => void }

function Whose({ draft, onChange, error }: PartProps & { readonly error: Error | null }) {
  const t = useText(text)
  const teams = useAsk('people.teams', {})
  return (
    <div className="grid gap-x-3 gap-y-4 sm:grid-cols-2">
      <TextField
        label={t.name}
        required
        maxLength={100}
        autoFocus
        value={draft.name}
        onChange={({ target: { value } }) => onChange({ ...draft, name: value })}
        error={errorOf(error, 'name')}
      />
      <TextField
        label={`${t.team} (${t.optional})`}
        hint={t.teamHint}
        offers={(teams.data?.items ?? []).map((team) => team.name)}
        maxLength={100}
        value={draft.team}
        onChange={({ target: { value } }) => onChange({ ...draft, team: value })}
        error={errorOf(error, 'team')}
      />
      <TextField
        label={`${t.user} (${t.optional})`}
        hint={t.userHint}
        maxLength={100}
        value={draft.user}
        onChange={({ target: { value } }) => onChange({ ...draft, user: value })}
        error={errorOf(error, 'user')}
      />
      <div className="grid grid-cols-2 gap-3">
        <SelectField
          label={t.expires}
          className={draft.expiry === 'own' ? '' : 'col-span-2'}
          value={draft.expiry}
          onChange={({ target: { value } }) =>
            onChange({ ...draft, expiry: EXPIRIES.find((each) => each === value) ?? 'never' })
          }
          options={EXPIRIES.map((value) => ({ value, label: t.expiries[value] }))}
          error={errorOf(error, 'expires_at')}
        />
        {draft.expiry === 'own' && (
          <TextField
            label={t.lastDay}
            type="date"
            required
            value={draft.lastDay}
            onChange={({ target: { value } }) => onChange({ ...draft, lastDay: value })}
          />
        )}
      </div>
    </div>
  )
}

function Scopes({ draft, onChange }: PartProps) {
  const t = useText(text)
  const mayAdmin = useMay('owner', 'admin')
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{t.scopesHead}</legend>
      <div className="grid gap-3 sm:grid-cols-3">
        {SCOPES.map((scope) => {
          const isRefused = scope === 'admin' && !mayAdmin
          const others = draft.scopes.filter((each) => each !== scope)
          return (
            <CheckField
              key={scope}
              label={t.scopes[scope]}
              hint={isRefused ? t.adminRefused : t.scopeHints[scope]}
              disabled={isRefused}
              checked={draft.scopes.includes(scope)}
              // A key may do one thing at least.
              onChange={({ target: { checked } }) =>
                (checked || others.length > 0) && onChange({ ...draft, scopes: checked ? [...others, scope] : others })
              }
            />
          )
        })}
      </div>
    </fieldset>
  )
}
