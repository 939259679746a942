import { Combobox as Base } from '@base-ui/react/combobox'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useText } from '../text/language.tsx'
import { Field, type FieldProps } from './field.tsx'
import { text } from './text.ts'

type ChoiceProps<Item> = Omit<FieldProps, 'children'> & {
  readonly placeholder?: string
  readonly items: readonly Item[]
  readonly value: Item | null
  readonly onChange: (item: Item | null) => void
  /** What it is found by, and shown as in the field. */
  readonly nameOf: (item: Item) => string
  /** What stands beside the name in the list. */
  readonly aside?: (item: Item) => ReactNode
}

/** How many of a long list are shown; the others are found by typing. */
const SHOWN_MAX = 200

/** One of many, found by typing. */
export function Choice<Item>(props: ChoiceProps<Item>) {
  const { label, hint, error, quiet, className, placeholder, items, value, onChange, nameOf } = props
  const t = useText(text)
  return (
    <Field label={label} hint={hint} error={error} quiet={quiet} className={className}>
      {(wiring) => (
        <Base.Root
          items={items}
          limit={SHOWN_MAX}
          value={value}
          onValueChange={onChange}
          itemToStringLabel={nameOf}
          isItemEqualToValue={(one, other) => nameOf(one) === nameOf(other)}
        >
          <Base.InputGroup className="relative flex min-w-0">
            <Base.Input
              {...wiring}
              placeholder={placeholder}
              className="h-8 w-full min-w-0 truncate rounded-control border border-edge bg-page pr-8 pl-2.5 text-sm text-ink placeholder:text-ink-3 aria-invalid:border-bad pointer-coarse:h-10"
            />
            <Base.Trigger
              aria-label={label}
              className="absolute inset-y-0 right-0 flex w-8 items-center justify-center text-ink-3 hover:text-ink"
            >
              <ChevronsUpDown size={14} aria-hidden />
            </Base.Trigger>
          </Base.InputGroup>
          <Base.Portal>
            <Base.Positioner align="start" sideOffset={4} className="z-60">
              <Base.Popup className="max-h-(--available-height) w-max max-w-[min(30rem,var(--available-width))] min-w-(--anchor-width) overflow-y-auto overscroll-contain rounded-card border border-line bg-page p-1 text-sm text-ink shadow-float">
                <Base.Empty>
                  <p className="px-2 py-3 text-ink-3">{t.nothing}</p>
                </Base.Empty>
                <Base.List className="max-h-80 overflow-y-auto data-empty:hidden">
                  {(item: Item) => <Option key={nameOf(item)} item={item} {...props} />}
                </Base.List>
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.Root>
      )}
    </Field>
  )
}

function Option<Item>({ item, nameOf, aside }: ChoiceProps<Item> & { readonly item: Item }) {
  return (
    <Base.Item
      value={item}
      className="flex cursor-default items-center gap-3 rounded-control px-2 py-1.5 outline-none data-highlighted:bg-raised pointer-coarse:py-2.5"
    >
      <span className="min-w-0 flex-1 truncate">{nameOf(item)}</span>
      {aside && <span className="tabular shrink-0 text-xs text-ink-3">{aside(item)}</span>}
      <Base.ItemIndicator>
        <Check size={14} aria-hidden />
      </Base.ItemIndicator>
    </Base.Item>
  )
}
