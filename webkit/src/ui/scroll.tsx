import type { CSSProperties, ReactNode } from 'react'
import { classNames } from './class-names.ts'

type ScrollProps = {
  readonly label: string
  readonly className?: string
  readonly style?: CSSProperties
  readonly children: ReactNode
}

/** What may be larger than its place scrolls in itself, and by the keyboard as well. */
export function Scroll({ label, className, style, children }: ScrollProps) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className={classNames('overflow-auto', className)} style={style}>
      {children}
    </div>
  )
}
