import type { Answer, Ask } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { CheckField, SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Section } from '@paddock/webkit/ui/section.tsx'
import { useState, type FormEvent } from 'react'
import { ModelHealth } from '../../model-health.tsx'
import { useAsk } from '../../query.ts'
import { NameField } from './name-field.tsx'
import { reasonIn, reasonText } from './reasons.ts'
import { text } from './text.ts'

type ExplainDialogProps = { readonly name: string; readonly onClose: () => void }
type Form = Ask<'routes.explain'>['body']
type Explained = Answer<'routes.explain'>['items'][number]

/** Why a request would go where: each candidate with its place, its price and the reason. Nothing is asked of a model. */
export function ExplainDialog({ name, onClose }: ExplainDialogProps) {
  const t = useText(text)
  const [form, setForm] = useState<Form>({ model: name, prompt_tokens: 1000, output_tokens: 500 })
  const [asked, setAsked] = useState(form)
  const explained = useAsk('routes.explain', { body: asked }, { when: asked.model !== '' })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setAsked(form)
  }
  return (
    <Dialog open shape="wide" onClose={onClose} title={t.explainTitle} description={t.explainHint}>
      <form className="flex flex-col gap-3" onSubmit={submit}>
        <Fields form={form} onSet={(part) => setForm((old) => ({ ...old, ...part }))} />
      </form>
      <div aria-live="polite" className="mt-4">
        {explained.error !== null ? (
          <ErrorNote error={explained.error} />
        ) : (
          asked.model !== '' &&
          (explained.data ? <Decision items={explained.data.items} /> : <Skeleton className="h-40" />)
        )}
      </div>
    </Dialog>
  )
}

type FieldsProps = { readonly form: Form; readonly onSet: (part: Partial<Form>) => void }

function Fields({ form, onSet }: FieldsProps) {
  const t = useText(text)
  const keys = useAsk('keys.list', { query: { limit: 200 } })
  const tokens = (name: 'prompt_tokens' | 'output_tokens', label: string) => (
    <TextField
      label={label}
      type="number"
      min={0}
      max={100_000_000}
      value={form[name]}
      onChange={({ target: { value } }) => onSet({ [name]: Math.max(0, Math.trunc(Number(value))) })}
    />
  )
  const key = keys.data?.items.find(({ id }) => id === form.key)
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <NameField value={form.model} onChange={(model) => onSet({ model })} />
        {tokens('prompt_tokens', t.promptTokens)}
        {tokens('output_tokens', t.outputTokens)}
        <SelectField
          label={t.key}
          value={form.key ?? ''}
          onChange={({ target: { value } }) => {
            const chosen = keys.data?.items.find(({ id }) => id === value)
            onSet({ key: chosen?.id, team: chosen?.team_id ?? undefined })
          }}
          options={[
            { value: '', label: t.anyKey },
            ...(keys.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          hint={key && t.keyHint}
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
        <CheckField
          label={t.stream}
          checked={form.stream ?? false}
          onChange={({ target: { checked } }) => onSet({ stream: checked })}
        />
        <CheckField
          label={t.images}
          checked={form.has_images ?? false}
          onChange={({ target: { checked } }) => onSet({ has_images: checked })}
        />
        <CheckField
          label={t.tools}
          checked={form.has_tools ?? false}
          onChange={({ target: { checked } }) => onSet({ has_tools: checked })}
        />
        <span className="flex-1" />
        <Button type="submit" kind="primary">
          {t.explain}
        </Button>
      </div>
    </>
  )
}

function Decision({ items }: { readonly items: readonly Explained[] }) {
  const t = useText(text)
  const tried = items.filter(({ place }) => place !== null)
  const passed = items.filter(({ place }) => place === null)
  return (
    <div className="flex flex-col gap-4">
      <Section title={t.tried}>
        {tried.length === 0 && <p className="text-sm text-warn">{t.nothingTried}</p>}
        <ol className="flex flex-col gap-2">
          {tried.map((item) => (
            <Place key={item.model} item={item} />
          ))}
        </ol>
      </Section>
      {passed.length > 0 && (
        <Section title={t.passedOver}>
          <ul className="flex flex-col gap-2">
            {passed.map((item) => (
              <Place key={item.model} item={item} />
            ))}
          </ul>
        </Section>
      )}
    </div>
  )
}

function Place({ item }: { readonly item: Explained }) {
  const t = useText(text)
  const reasons = useText(reasonText)
  const { percent } = useFormat()
  const { place, model, price, currency, cached_share, health, reason } = item
  return (
    <li className="flex items-start gap-3 rounded-control border border-line px-3 py-2 text-sm">
      <span
        className={classNames(
          'tabular flex size-6 shrink-0 items-center justify-center rounded-full text-xs font-semibold',
          place === 1 ? 'bg-accent text-on-accent' : 'bg-raised text-ink-2',
        )}
      >
        {place ?? '–'}
      </span>
      <span className="min-w-0 flex-1">
        <span className={classNames('block font-medium', place === null && 'text-ink-2')}>{model}</span>
        <span className="block text-xs text-ink-2">{reasonIn(reason, reasons)}</span>
        {cached_share > 0 && <span className="block text-xs text-ink-3">{t.cachedShare(percent(cached_share))}</span>}
      </span>
      <span className="flex shrink-0 flex-col items-end gap-1">
        <Money of={price === null || currency === null ? null : { amount: price, currency }} />
        {health !== 'not called' && <ModelHealth health={health} />}
      </span>
    </li>
  )
}
