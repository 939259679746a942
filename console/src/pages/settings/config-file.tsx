import { ApiError } from '@paddock/webkit/api/error.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useBlocker } from '@tanstack/react-router'
import { Save, Undo2 } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { Editor, type EditorHandle } from './editor.tsx'
import { changedLines, type ChangedLine } from './lines.ts'
import { SaveDialog } from './save-dialog.tsx'
import { text } from './text.ts'
import { useValidation } from './use-validation.ts'
import { Verdict } from './verdict.tsx'

type File = Answer<'settings.file'>

/** The text of paddock.yaml, to be changed. */
export function ConfigFile() {
  const file = useAsk('settings.file', {})
  if (file.data) return <Editing file={file.data} refresh={async () => (await file.refetch()).data} />
  return file.error === null ? (
    <Skeleton className="h-[60vh]" />
  ) : (
    <ErrorNote error={file.error} onRetry={() => void file.refetch()} />
  )
}

type EditingProps = { readonly file: File; readonly refresh: () => Promise<File | undefined> }

function Editing({ file, refresh }: EditingProps) {
  const t = useText(text)
  const { base, draft, setDraft, isConflict, needsRestart, saving, save, reset } = useDraft({ file, refresh })
  const [reviews, setReviews] = useState(false)
  const editor = useRef<EditorHandle>(null)
  const changes = useMemo(() => changedLines(base.text, draft), [base.text, draft])
  const validation = useValidation(draft)
  return (
    <div className="flex flex-col gap-4">
      <State file={base} needsRestart={needsRestart} />
      {isConflict && <Conflict onTake={reset} />}
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <Editor ref={editor} label={t.fileLabel} value={draft} onChange={setDraft} faults={validation.faults} />
        <div className="flex flex-col gap-4 xl:sticky xl:top-17">
          <Actions
            changes={changes}
            maySave={base.writable && validation.ok === true}
            onReset={reset}
            onSave={() => setReviews(true)}
          />
          <Verdict validation={validation} onGo={(line, column) => editor.current?.goTo(line, column)} />
        </div>
      </div>
      {reviews && (
        <SaveDialog
          changes={changes}
          busy={saving.isPending}
          error={saving.error}
          // What went wrong is in `saving`, and the dialog stays.
          onSave={() =>
            void save().then(
              () => setReviews(false),
              () => undefined,
            )
          }
          onClose={() => setReviews(false)}
        />
      )}
      <LeaveGuard isDirty={changes.length > 0} />
    </div>
  )
}

/** What is typed, and the file that it is compared with. */
function useDraft({ file, refresh }: EditingProps) {
  // What one types over: another answer of the server does not pull it away.
  const [base, setBase] = useState(file)
  const [draft, setDraft] = useState(file.text)
  const [needsRestart, setNeedsRestart] = useState<readonly string[]>([])
  const [isConflict, setConflict] = useState(false)
  const saving = useSaving()
  // Where nothing is typed yet, what was read from the kept answers gives way to the file as it is.
  if (file.digest !== base.digest && draft === base.text) {
    setBase(file)
    setDraft(file.text)
  }
  const save = async (): Promise<void> => {
    const sent = draft
    const told = await saving.save(sent, base.digest)
    const next = await refresh()
    if (next !== undefined) setBase(next)
    setConflict(told === 'conflict')
    if (told === 'conflict') return
    setNeedsRestart(told.needs_restart)
    // The server has marks for secrets that were typed. What was typed since it was sent stays.
    setDraft((now) => (now === sent && next !== undefined ? next.text : now))
  }
  const reset = (): void => {
    setDraft(base.text)
    setConflict(false)
  }
  return { base, draft, setDraft, isConflict, needsRestart, saving, save, reset }
}

function Conflict({ onTake }: { readonly onTake: () => void }) {
  const t = useText(text)
  return (
    <Note
      tone="warn"
      title={t.conflictTitle}
      action={
        <Button small onClick={onTake}>
          {t.takeTheirs}
        </Button>
      }
    >
      {t.conflictHint}
    </Note>
  )
}

/** Everything may follow from the file, so whatever pages know is asked anew. */
function useSaving() {
  const t = useText(text)
  const say = useToast()
  const write = useChange('settings.write', [
    'settings',
    'overview',
    'prices',
    'price_overrides',
    'routes',
    'budgets',
    'providers',
    'bills',
    'races',
  ])
  return {
    isPending: write.isPending,
    // That somebody else was quicker is told above the text, not in the dialog.
    error: isConflictError(write.error) ? null : write.error,
    save: async (draft: string, digest: string | null) => {
      try {
        const told = await write.mutateAsync({ body: { text: draft, digest } })
        say(t.saved)
        return told
      } catch (error) {
        if (isConflictError(error)) return 'conflict' as const
        throw error
      }
    },
  }
}

function isConflictError(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'changed_meanwhile'
}

function State({ file, needsRestart }: { readonly file: File; readonly needsRestart: readonly string[] }) {
  const t = useText(text)
  return (
    <>
      <p className="text-xs text-ink-3">
        {!file.exists && `${t.newFile} `}
        <code className="break-all">{file.path}</code>
      </p>
      {!file.writable && <Note tone="warn">{t.readOnly}</Note>}
      {needsRestart.length > 0 && (
        <Note tone="warn" title={t.needsRestart}>
          {needsRestart.join(', ')}
        </Note>
      )}
    </>
  )
}

type ActionsProps = {
  readonly changes: readonly ChangedLine[]
  readonly maySave: boolean
  readonly onReset: () => void
  readonly onSave: () => void
}

function Actions({ changes, maySave, onReset, onSave }: ActionsProps) {
  const t = useText(text)
  const { number } = useFormat()
  const [isResetting, setResetting] = useState(false)
  const isSame = changes.length === 0
  const added = changes.filter(({ kind }) => kind === 'added').length
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="tabular min-w-0 flex-1 text-sm text-ink-2">
        {isSame ? t.unchanged : t.changed(number(added), number(changes.length - added))}
      </span>
      <Button icon={Undo2} disabled={isSame} onClick={() => setResetting(true)}>
        {t.reset}
      </Button>
      <Button kind="primary" icon={Save} disabled={isSame || !maySave} onClick={onSave}>
        {t.review}
      </Button>
      <Confirm
        open={isResetting}
        onClose={() => setResetting(false)}
        onConfirm={() => {
          setResetting(false)
          onReset()
        }}
        title={t.resetTitle}
        deed={t.reset}
      >
        {t.resetHint}
      </Confirm>
    </div>
  )
}

/** Asks before changes are lost by going elsewhere. */
function LeaveGuard({ isDirty }: { readonly isDirty: boolean }) {
  const t = useText(text)
  const blocker = useBlocker({ shouldBlockFn: () => isDirty, enableBeforeUnload: () => isDirty, withResolver: true })
  return (
    <Confirm
      open={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
      title={t.leaveTitle}
      deed={t.leave}
    >
      {t.leaveHint}
    </Confirm>
  )
}
