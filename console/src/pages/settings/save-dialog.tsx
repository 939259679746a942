import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import type { ChangedLine } from './lines.ts'
import { text } from './text.ts'

type SaveDialogProps = {
  readonly changes: readonly ChangedLine[]
  readonly busy: boolean
  readonly error: Error | null
  readonly onSave: () => void
  readonly onClose: () => void
}

/** What saving will change, line by line. */
export function SaveDialog({ changes, busy, error, onSave, onClose }: SaveDialogProps) {
  const t = useText(text)
  return (
    <Dialog
      open
      onClose={onClose}
      shape="wide"
      title={t.saveTitle}
      description={t.saveHint}
      footer={
        <Button kind="primary" busy={busy} onClick={onSave}>
          {t.save}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <ol className="overflow-x-auto rounded-card border border-line py-1 font-mono text-xs leading-5">
          {changes.map(({ kind, line, text: words }) => (
            <li
              key={`${kind} ${line}`}
              className={classNames(
                'flex w-max min-w-full gap-3 px-3 whitespace-pre',
                kind === 'added' ? 'bg-ok-soft' : 'bg-bad-soft',
              )}
            >
              <span className="w-10 shrink-0 text-right text-ink-3 select-none">{line}</span>
              <span className="shrink-0 select-none" aria-label={kind === 'added' ? t.added : t.removed} role="img">
                {kind === 'added' ? '+' : '−'}
              </span>
              <span>{words}</span>
            </li>
          ))}
        </ol>
        {error !== null && <ErrorNote error={error} />}
      </div>
    </Dialog>
  )
}
