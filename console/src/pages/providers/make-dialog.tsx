import { errorOf } from '@paddock/webkit/api/error.ts'
import type { Ask } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { SelectField, TextArea, TextField } from '@paddock/webkit/ui/field.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { namesIn } from './model-rows.ts'
import type { Provider } from './provider.ts'
import { text } from './text.ts'

type MakeDialogProps = {
  /** The one that is changed; left out, a new one is made. */
  readonly provider?: Provider
  readonly onClose: () => void
  readonly onMade: (id: string) => void
}

const DIALECTS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const

/** A provider nobody knows facts of: its name, address, key and models. */
export function MakeDialog({ provider, onClose, onMade }: MakeDialogProps) {
  const t = useText(text)
  const say = useToast()
  const make = useChange('providers.make', ['providers', 'routes'])
  const [form, setForm] = useState(() => formOf(provider))
  const set = (part: Partial<Form>): void => setForm((old) => ({ ...old, ...part }))
  const submit = (): void =>
    make.mutate(askOf(form), {
      onSuccess: ({ id }) => {
        say(t.made)
        onMade(id)
      },
    })
  return (
    <FormDialog
      onClose={onClose}
      title={provider ? t.changeTitle(provider.id) : t.add}
      description={t.addHint}
      deed={provider ? t.save : t.add}
      busy={make.isPending}
      error={make.error}
      aside={<Button onClick={onClose}>{t.cancel}</Button>}
      onSubmit={submit}
    >
      <Fields form={form} onSet={set} error={make.error} isNew={provider === undefined} />
    </FormDialog>
  )
}

type Form = {
  readonly id: string
  readonly dialect: (typeof DIALECTS)[number]
  readonly address: string
  readonly key: string
  readonly models: string
  readonly currency: string
}

function formOf(provider: Provider | undefined): Form {
  return {
    id: provider?.id ?? '',
    dialect: DIALECTS.find((dialect) => dialect === provider?.dialect) ?? 'openai-chat',
    address: provider?.base_url ?? '',
    key: '',
    models: provider?.models.join('\n') ?? '',
    currency: provider?.currency ?? 'USD',
  }
}

function askOf({ id, dialect, address, key, models, currency }: Form): Ask<'providers.make'> {
  const body = { dialect, base_url: address.trim(), models: namesIn(models), currency: currency.trim().toUpperCase() }
  return { params: { id: id.trim() }, body: key.trim() === '' ? body : { ...body, key: key.trim() } }
}

type FieldsProps = {
  readonly form: Form
  readonly onSet: (part: Partial<Form>) => void
  readonly error: Error | null
  readonly isNew: boolean
}

function Fields({ form, onSet, error, isNew }: FieldsProps) {
  const t = useText(text)
  return (
    <>
      {isNew && (
        <TextField
          label={t.id}
          hint={t.idFieldHint(`${form.id || 'my-lab'}/small`)}
          required
          pattern="[a-z][a-z0-9\-]{0,62}"
          placeholder="my-lab"
          spellCheck={false}
          autoComplete="off"
          value={form.id}
          onChange={(event) => onSet({ id: event.target.value })}
          error={errorOf(error, 'id')}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-[1fr_7rem]">
        <SelectField
          label={t.dialect}
          value={form.dialect}
          onChange={({ target: { value } }) =>
            onSet({ dialect: DIALECTS.find((one) => one === value) ?? 'openai-chat' })
          }
          options={DIALECTS.map((value) => ({ value, label: t.dialects[value] }))}
        />
        <TextField
          label={t.bills}
          required
          pattern="[A-Za-z]{3}"
          maxLength={3}
          value={form.currency}
          onChange={(event) => onSet({ currency: event.target.value.toUpperCase() })}
          error={errorOf(error, 'currency')}
        />
      </div>
      <TextField
        label={t.address}
        hint={t.addressHint}
        type="url"
        required
        placeholder="https://api.example.com/v1"
        value={form.address}
        onChange={(event) => onSet({ address: event.target.value })}
        error={errorOf(error, 'base_url')}
      />
      <TextField
        label={t.newKey}
        hint={isNew ? t.keyOptional : t.keyKept}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        minLength={8}
        value={form.key}
        onChange={(event) => onSet({ key: event.target.value })}
        error={errorOf(error, 'key')}
      />
      <TextArea
        label={t.models}
        hint={t.modelsHint}
        required
        spellCheck={false}
        value={form.models}
        onChange={(event) => onSet({ models: event.target.value })}
        error={errorOf(error, 'models')}
      />
    </>
  )
}
