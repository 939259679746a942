import { Menu as Base } from '@base-ui/react/menu'
import { Check, type LucideIcon } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'

type MenuItem = {
  readonly label: ReactNode
  readonly icon?: LucideIcon
  /** One of several: whether it is the one. */
  readonly checked?: boolean
  readonly danger?: boolean
  readonly onSelect: () => void
}

type MenuProps = {
  /** The button that opens it. */
  readonly trigger: ReactElement<Record<string, unknown>>
  /** In groups, with a line between them. */
  readonly groups: readonly { readonly label?: string; readonly items: readonly MenuItem[] }[]
}

export function Menu({ trigger, groups }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align="end" sideOffset={4} className="z-50">
          <Base.Popup className="min-w-44 rounded-card border border-line bg-page p-1 text-sm text-ink shadow-float outline-none">
            {groups.map(({ label, items }, index) => (
              <Base.Group key={label ?? index} className={classNames(index > 0 && 'mt-1 border-t border-line pt-1')}>
                {label !== undefined && (
                  <Base.GroupLabel className="px-2 py-1 text-xs text-ink-3">{label}</Base.GroupLabel>
                )}
                {items.map((item, place) => (
                  <Item key={place} item={item} />
                ))}
              </Base.Group>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

function Item({ item: { label, icon: Icon, checked, danger = false, onSelect } }: { readonly item: MenuItem }) {
  return (
    <Base.Item
      onClick={onSelect}
      className={classNames(
        'flex cursor-default items-center gap-2 rounded-control px-2 py-1.5 outline-none data-highlighted:bg-raised pointer-coarse:py-2.5',
        danger && 'text-bad',
      )}
    >
      {Icon && <Icon size={14} aria-hidden />}
      <span className="flex-1">{label}</span>
      {checked === true && <Check size={14} aria-hidden />}
    </Base.Item>
  )
}
