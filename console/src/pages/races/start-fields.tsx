import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, IconButton } from '@paddock/webkit/ui/button.tsx'
import { CheckField, SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Plus, X } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { CHALLENGERS_MAX, GRADERS, type Form, type Starting } from './start-form.ts'
import { text } from './text.ts'

type FieldsProps = {
  readonly form: Form
  readonly onChange: (part: Partial<Form>) => void
  readonly from: Starting
  readonly error: unknown
}

const MODELS = 'race-models'

/** What can be chosen of a race; all else is as in the usual one. */
export function StartFields(props: FieldsProps) {
  const t = useText(text)
  const { form, onChange, from, error } = props
  const routes = useAsk('routes.list', {})
  const models = useAsk('routes.models', {})
  const found = routes.data?.items.find(({ name }) => name === form.route)
  const champion = from.proposal?.champion ?? found?.lead?.model ?? found?.candidates[0]?.model
  return (
    <>
      <datalist id={MODELS}>
        {(models.data?.items ?? []).flatMap(({ name, route }) => (route ? [] : [<option key={name} value={name} />]))}
      </datalist>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label={t.route}
          required
          disabled={from.proposal !== undefined}
          hint={champion === undefined ? t.routeHint : t.leads(champion)}
          error={errorOf(error, 'route') ?? errorOf(error, 'champion')}
          value={form.route}
          onChange={({ target: { value } }) => onChange({ route: value })}
          options={[
            { value: '', label: t.choose },
            ...namesOf(routes.data?.items ?? [], form.route).map((value) => ({ value, label: value })),
          ]}
        />
        <Challengers {...props} />
      </div>
      <div className="flex flex-col gap-1.5">
        <p className="text-sm font-medium">{t.mode}</p>
        <div>
          <Segments
            label={t.mode}
            value={form.mode}
            onChange={(mode) => onChange({ mode })}
            options={(['split', 'shadow'] as const).map((value) => ({ value, label: t.modes[value] }))}
          />
        </div>
        <p className="text-xs text-ink-3">{t.modeHints[form.mode]}</p>
      </div>
      {form.mode === 'shadow' && <ShadowFields {...props} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={t.marginField}
          hint={t.marginHint}
          inputMode="decimal"
          required
          value={form.margin}
          onChange={({ target: { value } }) => onChange({ margin: value })}
          error={errorOf(error, 'margin')}
        />
        <TextField
          label={t.savingField}
          hint={t.savingHint}
          inputMode="decimal"
          value={form.saving}
          onChange={({ target: { value } }) => onChange({ saving: value })}
          error={errorOf(error, 'saving')}
        />
      </div>
      <CheckField
        label={t.auto}
        hint={t.autoHint}
        checked={form.auto}
        onChange={({ target: { checked } }) => onChange({ auto: checked })}
      />
    </>
  )
}

function Challengers({ form: { challengers }, onChange, error }: FieldsProps) {
  const t = useText(text)
  const set = (place: number, model: string): void => onChange({ challengers: challengers.with(place, model) })
  return (
    <div className="flex flex-col gap-2">
      {challengers.map((model, place) => (
        <div key={place} className="flex items-end gap-1">
          <TextField
            className="flex-1"
            label={place === 0 ? t.challenger : t.challengerNumber(place + 1)}
            quiet={place > 0}
            required={place === 0}
            list={MODELS}
            placeholder="provider/model"
            autoComplete="off"
            spellCheck={false}
            value={model}
            onChange={({ target: { value } }) => set(place, value)}
            error={place === challengers.length - 1 ? errorOf(error, 'challengers') : null}
          />
          {challengers.length > 1 && (
            <IconButton
              icon={X}
              label={t.removeChallenger}
              onClick={() => onChange({ challengers: challengers.toSpliced(place, 1) })}
            />
          )}
        </div>
      ))}
      {challengers.length < CHALLENGERS_MAX && (
        <Button
          kind="quiet"
          small
          icon={Plus}
          className="self-start"
          onClick={() => onChange({ challengers: [...challengers, ''] })}
        >
          {t.addChallenger}
        </Button>
      )}
    </div>
  )
}

/** In the shadow each request is paid for again, and somebody has to say which answer is better. */
function ShadowFields({ form, onChange, error }: FieldsProps) {
  const t = useText(text)
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField
        label={t.budget}
        hint={t.budgetHint}
        inputMode="decimal"
        required
        value={form.budget}
        onChange={({ target: { value } }) => onChange({ budget: value })}
        error={errorOf(error, 'budget')}
      />
      <SelectField
        label={t.grader}
        hint={t.graderHints[form.grader]}
        value={form.grader}
        onChange={({ target: { value } }) => onChange({ grader: GRADERS.find((one) => one === value) ?? form.grader })}
        options={GRADERS.map((value) => ({ value, label: t.graders[value] }))}
      />
      {form.grader === 'judge' && (
        <TextField
          label={t.judge}
          hint={t.judgeHint}
          required
          list={MODELS}
          placeholder="provider/model"
          value={form.judge}
          onChange={({ target: { value } }) => onChange({ judge: value })}
        />
      )}
    </div>
  )
}

function namesOf(routes: readonly { readonly name: string }[], chosen: string): string[] {
  const names = routes.map(({ name }) => name)
  return chosen === '' || names.includes(chosen) ? names : [chosen, ...names]
}
