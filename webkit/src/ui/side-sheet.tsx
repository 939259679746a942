import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

type SideSheetProps = {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly label: string
  readonly children: ReactNode
}

/** What slides over the page from the left: the sidebar where there is no room for it. */
export function SideSheet({ open, onOpenChange, label, children }: SideSheetProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <Base.Popup
          aria-label={label}
          className="fixed inset-y-0 left-0 z-50 w-66 bg-side text-ink shadow-float outline-none"
        >
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
