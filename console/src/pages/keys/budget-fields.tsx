import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { CALENDAR, type BudgetDraft } from './draft.ts'
import { text } from './text.ts'

type BudgetFieldsProps = {
  readonly draft: BudgetDraft
  readonly onChange: (draft: BudgetDraft) => void
  readonly error: Error | null
  /** Without an amount there is no budget. */
  readonly required?: boolean
}

const CURRENCIES = ['CNY', 'USD', 'JPY', 'EUR']

/** An amount for a window: "10 CNY / month". */
export function BudgetFields({ draft, onChange, error, required = false }: BudgetFieldsProps) {
  const t = useText(text)
  const set = (name: keyof BudgetDraft) => ({
    value: draft[name],
    onChange: ({ target: { value } }: { readonly target: { readonly value: string } }) =>
      onChange({ ...draft, [name]: value }),
  })
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <TextField
        label={t.amount}
        hint={required ? undefined : t.amountHint}
        inputMode="decimal"
        autoComplete="off"
        pattern="[0-9]{1,12}([.][0-9]{1,12})?"
        required={required}
        {...set('amount')}
        error={errorOf(error, 'amount')}
      />
      <TextField
        label={t.currency}
        offers={CURRENCIES}
        pattern="[A-Za-z]{3}"
        required
        autoComplete="off"
        {...set('currency')}
      />
      <SelectField
        label={t.window}
        {...set('window')}
        options={([...CALENDAR, 'rolling'] as const).map((value) => ({ value, label: t.windows[value] }))}
        error={draft.window === 'rolling' ? null : errorOf(error, 'window')}
      />
      {draft.window === 'rolling' ? (
        <TextField
          label={t.length}
          hint={t.lengthHint}
          pattern="[1-9][0-9]{0,2}[hd]"
          required
          {...set('length')}
          error={errorOf(error, 'window')}
        />
      ) : (
        <TextField
          className="sm:col-span-2"
          label={`${t.zone} (${t.optional})`}
          hint={t.zoneHint}
          placeholder={Intl.DateTimeFormat().resolvedOptions().timeZone}
          {...set('zone')}
          error={errorOf(error, 'zone')}
        />
      )}
    </div>
  )
}
