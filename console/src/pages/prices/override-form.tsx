import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, IconButton } from '@paddock/webkit/ui/button.tsx'
import { SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Plus, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { TOKEN_COMPONENTS } from '../../price-book/per-million.ts'
import { useComponentName } from '../../price-book/prices.tsx'
import { usePriceRows, wholeName } from '../../price-book/rows.ts'
import { text as bookText } from '../../price-book/text.ts'
import { useAsk } from '../../query.ts'
import { withListed, type Draft } from './override-draft.ts'
import { text as ownText } from './override-text.ts'
import { text } from './text.ts'

type FormProps = {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly error: Error | null
}

const FIELDS = ['model', 'currency', 'rates', 'valid_from', 'valid_to', 'reason'] as const
const CURRENCIES = ['CNY', 'USD', 'EUR', 'JPY', 'GBP', 'SGD', 'HKD']

/** What the price is, for which model, from when until when, and why. */
export function OverrideForm({ draft, onChange, error }: FormProps) {
  const t = useText(text)
  const own = useText(ownText)
  const { levels } = useText(bookText)
  const set = (part: Partial<Draft>): void => onChange({ ...draft, ...part })
  const isOfField = FIELDS.some((field) => errorOf(error, field) !== null)
  return (
    <div className="flex flex-col gap-4">
      <Model {...{ draft, onChange, error }} />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label={t.level}
          hint={draft.level === 'contract' ? own.contractHint : own.overrideHint}
          value={draft.level}
          onChange={({ target }) => set({ level: target.value === 'contract' ? 'contract' : 'override' })}
          options={(['override', 'contract'] as const).map((value) => ({ value, label: levels[value] }))}
        />
        <TextField
          label={t.currency}
          required
          maxLength={3}
          offers={CURRENCIES}
          value={draft.currency}
          error={errorOf(error, 'currency')}
          onChange={({ target }) => set({ currency: target.value.toUpperCase() })}
        />
      </div>
      <Rates {...{ draft, onChange, error }} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          type="date"
          label={t.validFrom}
          hint={own.validFromHint}
          value={draft.validFrom}
          error={errorOf(error, 'valid_from')}
          onChange={({ target }) => set({ validFrom: target.value })}
        />
        <TextField
          type="date"
          label={t.validTo}
          hint={own.validToHint}
          value={draft.validTo}
          error={errorOf(error, 'valid_to')}
          onChange={({ target }) => set({ validTo: target.value })}
        />
      </div>
      <TextField
        label={own.reason}
        required
        maxLength={500}
        placeholder={own.reasonExample}
        value={draft.reason}
        error={errorOf(error, 'reason')}
        onChange={({ target }) => set({ reason: target.value })}
      />
      {error !== null && !isOfField && <ErrorNote error={error} />}
    </div>
  )
}

/** Any name may be written; with a listed one, the form begins with its prices. */
function Model({ draft, onChange, error }: FormProps) {
  const t = useText(text)
  const own = useText(ownText)
  const rows = usePriceRows({})
  const models = useAsk('routes.models', {})
  const [isTouched] = useState(draft.model !== '')
  const names = useMemo(() => {
    const offered = models.data?.items.filter(({ route }) => !route).map(({ name }) => name) ?? []
    return [...new Set([...(rows.data ?? []).map(wholeName), ...offered])].toSorted()
  }, [rows.data, models.data])
  const listed = rows.data?.find((row) => wholeName(row) === draft.model)
  return (
    <>
      <TextField
        label={t.model}
        required
        offers={names}
        autoComplete="off"
        spellCheck={false}
        placeholder="provider/model"
        disabled={draft.replaces !== undefined}
        value={draft.model}
        error={errorOf(error, 'model')}
        onChange={({ target }) => {
          const named = { ...draft, model: target.value }
          onChange(isTouched ? named : withListed(named, rows.data ?? []))
        }}
      />
      {listed !== undefined && listed.variants.length > 0 && <Note>{own.variantsLost(listed.variants.length)}</Note>}
    </>
  )
}

/** One price for each component that is counted in tokens; others are written in paddock.yaml. */
function Rates({ draft, onChange, error }: FormProps) {
  const t = useText(text)
  const own = useText(ownText)
  const { perMillion } = useText(bookText)
  const componentName = useComponentName()
  const { rates, currency } = draft
  const set = (next: Draft['rates']): void => onChange({ ...draft, rates: next })
  const free = TOKEN_COMPONENTS.find((component) => !rates.some((rate) => rate.component === component))
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">
        {t.prices} <span className="font-normal text-ink-3">{`${currency} ${perMillion}`}</span>
      </legend>
      {rates.map(({ component, price }, place) => (
        <div key={component} className="flex items-start gap-2">
          <SelectField
            quiet
            className="w-44 shrink-0"
            label={t.component}
            value={component}
            onChange={({ target }) => set(rates.with(place, { component: target.value, price }))}
            options={TOKEN_COMPONENTS.filter(
              (value) => value === component || !rates.some((rate) => rate.component === value),
            ).map((value) => ({ value, label: componentName(value) }))}
          />
          <TextField
            quiet
            className="flex-1"
            inputMode="decimal"
            label={`${componentName(component)}, ${perMillion}`}
            placeholder="0.8"
            value={price}
            error={errorOf(error, component)}
            onChange={({ target }) => set(rates.with(place, { component, price: target.value }))}
          />
          <IconButton
            icon={X}
            label={t.takeOut(componentName(component))}
            disabled={rates.length === 1}
            onClick={() => set(rates.toSpliced(place, 1))}
          />
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-3">
        {free !== undefined && (
          <Button small icon={Plus} onClick={() => set([...rates, { component: free, price: '' }])}>
            {own.addComponent}
          </Button>
        )}
        <p className="text-xs text-ink-3">{own.ratesHint}</p>
      </div>
      {errorOf(error, 'rates') !== null && !rates.some(({ component }) => errorOf(error, component) !== null) && (
        <p className="text-xs text-bad">{errorOf(error, 'rates')}</p>
      )}
    </fieldset>
  )
}
