import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'
import { classNames } from './class-names.ts'

type Wiring = {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
}

export type FieldProps = {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | null
  /** The label is for those who do not see the page: where the place says it already. */
  readonly quiet?: boolean
  readonly className?: string
  readonly children: (wiring: Wiring) => ReactNode
}

/** Label, control, hint and error, tied to each other. */
export function Field({ label, hint, error, quiet = false, className, children }: FieldProps) {
  const id = useId()
  const hasNote = Boolean(error) || hint !== undefined
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={quiet ? 'sr-only' : 'text-sm font-medium'}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': hasNote ? `${id}-note` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {hasNote && (
        <p id={`${id}-note`} className={classNames('text-xs', error ? 'text-bad' : 'text-ink-3')}>
          {error ?? hint}
        </p>
      )}
    </div>
  )
}

const CONTROL =
  'w-full min-w-0 rounded-control border border-edge bg-page px-2.5 text-sm text-ink placeholder:text-ink-3 aria-invalid:border-bad disabled:opacity-60'

type Named = Omit<FieldProps, 'children'>

type TextFieldProps = Named &
  InputHTMLAttributes<HTMLInputElement> & {
    /** What may be chosen instead of typing; anything else can be typed as well. */
    readonly offers?: readonly string[]
  }

export function TextField({ label, hint, error, quiet, className, offers, ...input }: TextFieldProps) {
  const list = useId()
  return (
    <Field label={label} hint={hint} error={error} quiet={quiet} className={className}>
      {(wiring) => (
        <>
          <input
            type="text"
            list={offers && list}
            {...input}
            {...wiring}
            className={classNames(CONTROL, 'h-8 pointer-coarse:h-10')}
          />
          {offers && (
            <datalist id={list}>
              {offers.map((offer) => (
                <option key={offer} value={offer} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  )
}

export function TextArea({
  label,
  hint,
  error,
  quiet,
  className,
  ...input
}: Named & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Field label={label} hint={hint} error={error} quiet={quiet} className={className}>
      {(wiring) => <textarea rows={4} {...input} {...wiring} className={classNames(CONTROL, 'py-1.5')} />}
    </Field>
  )
}

type SelectProps = Named &
  SelectHTMLAttributes<HTMLSelectElement> & {
    readonly options: readonly { readonly value: string; readonly label: string }[]
  }

export function SelectField({ label, hint, error, quiet, className, options, ...select }: SelectProps) {
  return (
    <Field label={label} hint={hint} error={error} quiet={quiet} className={className}>
      {(wiring) => (
        <select {...select} {...wiring} className={classNames(CONTROL, 'h-8 pointer-coarse:h-10')}>
          {options.map(({ value, label: text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

type FilterFieldProps<Value extends string> = {
  readonly label: string
  /** What is said where nothing is chosen. */
  readonly any: string
  readonly value: Value | undefined
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChange: (value: Value | undefined) => void
  readonly className?: string
}

/** What a list is narrowed to: one of a few, or any of them. */
export function FilterField<Value extends string>(props: FilterFieldProps<Value>) {
  const { label, any, value, options, onChange, className } = props
  return (
    <SelectField
      quiet
      label={label}
      className={className}
      value={value ?? ''}
      onChange={({ target }) => onChange(options.find((option) => option.value === target.value)?.value)}
      options={[{ value: '', label: any }, ...options]}
    />
  )
}

type CheckFieldProps = InputHTMLAttributes<HTMLInputElement> & { readonly label: ReactNode; readonly hint?: ReactNode }

export function CheckField({ label, hint, className, ...input }: CheckFieldProps) {
  const id = useId()
  return (
    <div className={classNames('flex items-start gap-2', className)}>
      <input type="checkbox" {...input} id={id} className="mt-0.5 size-4 shrink-0 accent-accent" />
      <label htmlFor={id} className="text-sm">
        {label}
        {hint !== undefined && <span className="block text-xs text-ink-3">{hint}</span>}
      </label>
    </div>
  )
}
