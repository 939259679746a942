import type { ReactNode } from 'react'

type SectionProps = { readonly title: string; readonly actions?: ReactNode; readonly children: ReactNode }

/** A part of the drawer. */
export function Section({ title, actions, children }: SectionProps) {
  return (
    <section className="flex flex-col gap-2 border-t border-line pt-4">
      <div className="flex min-h-7 items-center gap-2">
        <h3 className="min-w-0 flex-1 text-sm font-semibold">{title}</h3>
        {actions}
      </div>
      {children}
    </section>
  )
}
