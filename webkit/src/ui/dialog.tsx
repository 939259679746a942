import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useText } from '../text/language.tsx'
import { Button, IconButton } from './button.tsx'
import { classNames } from './class-names.ts'
import { TextField } from './field.tsx'
import { text } from './text.ts'

type DialogProps = {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly description?: ReactNode
  readonly children?: ReactNode
  /** Buttons, the most wanted one last. */
  readonly footer?: ReactNode
  /** `drawer`: at the right edge, for looking at one of a list. */
  readonly shape?: 'dialog' | 'wide' | 'drawer'
}

const SHAPES = {
  dialog: 'top-[10vh] left-1/2 w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 max-h-[80vh] rounded-card',
  wide: 'top-[6vh] left-1/2 w-[min(52rem,calc(100vw-2rem))] -translate-x-1/2 max-h-[88vh] rounded-card',
  drawer: 'inset-y-0 right-0 w-[min(32rem,100vw)] border-l border-line',
} as const

/** What stands above the page until it is closed: Escape, the cross, or a click beside it. Focus stays within, and goes back. */
export function Dialog({ open, onClose, title, description, children, footer, shape = 'dialog' }: DialogProps) {
  const t = useText(text)
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-shade" />
        <Base.Popup
          className={classNames('fixed z-50 flex flex-col bg-page text-ink shadow-float outline-none', SHAPES[shape])}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description !== undefined && (
                <Base.Description className="mt-0.5 text-sm text-ink-2">{description}</Base.Description>
              )}
            </div>
            <IconButton icon={X} label={t.close} onClick={onClose} />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer !== undefined && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

type ConfirmProps = {
  readonly open: boolean
  readonly onClose: () => void
  readonly onConfirm: () => void
  readonly title: string
  /** What will happen. */
  readonly children: ReactNode
  /** What the button says: the deed itself, "Revoke key". */
  readonly deed: string
  /** A name that has to be typed, for what cannot be taken back. */
  readonly typed?: string
  readonly busy?: boolean
}

/** Asks once more before something that cannot be taken back. */
export function Confirm({ open, onClose, onConfirm, title, children, deed, typed, busy = false }: ConfirmProps) {
  const t = useText(text)
  const [word, setWord] = useState('')
  const isTyped = typed === undefined || word === typed
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button kind="danger" disabled={!isTyped} busy={busy} onClick={onConfirm}>
            {deed}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <div>{children}</div>
        {typed !== undefined && (
          <TextField
            label={t.typeToConfirm(typed)}
            value={word}
            onChange={(event) => setWord(event.target.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </div>
    </Dialog>
  )
}
