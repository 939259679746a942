import { classNames } from '@paddock/webkit/ui/class-names.ts'
import type { ReactNode } from 'react'

type ScrollProps = { readonly label: string; readonly className: string; readonly children: ReactNode }

/** A long list in a place of its own height, which the keyboard can scroll as well. */
export function Scroll({ label, className, children }: ScrollProps) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className={classNames('overflow-y-auto', className)}>
      {children}
    </div>
  )
}
