import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export type Tab = {
  readonly id: string
  readonly label: ReactNode
  /** How many wait behind it; nothing is shown for none. */
  readonly count?: number
  readonly link: Pick<LinkProps, 'to' | 'search'>
}

/** The parts of a page, each with an address of its own. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly current: string
}) {
  return (
    <nav aria-label={label} className="-mx-1 overflow-x-auto border-b border-line px-1">
      <ul className="flex gap-1">
        {tabs.map(({ id, label: name, count = 0, link }) => (
          <li key={id}>
            <Link
              {...link}
              aria-current={id === current ? 'page' : undefined}
              className={classNames(
                '-mb-px flex h-9 items-center gap-1.5 border-b-2 px-3 text-sm font-medium whitespace-nowrap -outline-offset-2 pointer-coarse:h-11',
                id === current ? 'border-accent text-ink' : 'border-transparent text-ink-2 hover:text-ink',
              )}
            >
              {name}
              {count > 0 && (
                <span className="tabular rounded-full bg-accent-soft px-1.5 text-xs text-accent">{count}</span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
