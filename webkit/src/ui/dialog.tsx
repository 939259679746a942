import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { useText } from '../text/language.tsx'
import { Button, IconButton } from './button.tsx'
import { classNames } from './class-names.ts'
import { TextField } from './field.tsx'
import { ErrorNote } from './note.tsx'
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

type FormDialogProps = Omit<DialogProps, 'open' | 'footer'> & {
  readonly onSubmit: () => void
  /** What the button says. */
  readonly deed: string
  /** It cannot be taken back. */
  readonly danger?: boolean
  readonly busy: boolean
  /** What the server says about it all; beside the fields, each of them says its own. */
  readonly error?: Error | null
  /** Beside the button. */
  readonly aside?: ReactNode
}

/** A dialog that is one form: what is asked for, and a button that sends it. */
export function FormDialog(props: FormDialogProps) {
  const { onSubmit, deed, danger = false, busy, error = null, aside, children, ...dialog } = props
  const id = useId()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Dialog
      {...dialog}
      open
      footer={
        <>
          {aside}
          <Button kind={danger ? 'danger' : 'primary'} type="submit" form={id} busy={busy}>
            {deed}
          </Button>
        </>
      }
    >
      <form
        id={id}
        className={classNames('flex flex-col', dialog.shape === 'wide' ? 'gap-5' : 'gap-4')}
        onSubmit={submit}
      >
        {children}
        {error !== null && (
          <div ref={intoSight}>
            <ErrorNote error={error} />
          </div>
        )}
      </form>
    </Dialog>
  )
}

/**
 * A form may be longer than its dialog. The same function each time, so that it is called when the words appear, and not with every
 * letter typed.
 */
function intoSight(place: HTMLElement | null): void {
  place?.scrollIntoView({ block: 'nearest' })
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
  /** Why it was not done. */
  readonly error?: Error | null
}

/** Asks once more before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const { open, onClose, onConfirm, title, children, deed, typed, busy = false, error = null } = props
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
        {error !== null && <ErrorNote error={error} />}
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
