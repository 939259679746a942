import type { LucideIcon } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import { classNames } from './class-names.ts'

type PanelProps = {
  readonly title?: ReactNode
  readonly hint?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** What is inside reaches the edges: tables. */
  readonly flush?: boolean
}

/** A part of a page, with a name. */
export function Panel({ title, hint, actions, children, flush = false }: PanelProps) {
  const id = useId()
  return (
    <section
      {...(title === undefined ? {} : { 'aria-labelledby': id })}
      className="min-w-0 overflow-hidden rounded-card border border-line bg-page"
    >
      {(title !== undefined || actions !== undefined) && (
        <header className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3 pb-2">
          <div className="min-w-0 flex-1 basis-56">
            <h2 id={id} className="text-base font-semibold">
              {title}
            </h2>
            {hint !== undefined && <p className="text-xs text-ink-3">{hint}</p>}
          </div>
          {actions}
        </header>
      )}
      <div className={flush ? '' : 'px-4 pb-4 first:pt-4'}>{children}</div>
    </section>
  )
}

type EmptyProps = {
  readonly icon: LucideIcon
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** Nothing is here yet: what would be, and the next step. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="flex size-10 items-center justify-center rounded-full bg-raised text-ink-2">
        <Icon size={18} aria-hidden />
      </span>
      <p className="font-semibold">{title}</p>
      {children !== undefined && <div className="text-sm text-ink-2">{children}</div>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  )
}

/** A place that will be filled: as high as what comes. */
export function Skeleton({ className }: { readonly className: string }) {
  return <div aria-hidden className={classNames('animate-pulse rounded-control bg-raised', className)} />
}
