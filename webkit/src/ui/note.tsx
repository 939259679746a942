import { CircleAlert, Info, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api/error.ts'
import { useText } from '../text/language.tsx'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'
import { CopyButton } from './copy.tsx'
import { text } from './text.ts'

const TONES = {
  info: ['bg-raised', 'text-ink-2', Info],
  warn: ['bg-warn-soft', 'text-warn', TriangleAlert],
  bad: ['bg-bad-soft', 'text-bad', CircleAlert],
} as const satisfies Record<string, readonly [string, string, LucideIcon]>

type NoteProps = {
  readonly tone?: keyof typeof TONES
  readonly title?: ReactNode
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** Something to know about this place. */
export function Note({ tone = 'info', title, children, action }: NoteProps) {
  const [ground, colour, Icon] = TONES[tone]
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'note'}
      className={classNames('flex gap-3 rounded-card px-4 py-3 text-sm', ground)}
    >
      <Icon size={16} className={classNames('mt-0.5 shrink-0', colour)} aria-hidden />
      <div className="min-w-0 flex-1">
        {title !== undefined && <p className="font-medium">{title}</p>}
        {children !== undefined && <div className="text-ink-2">{children}</div>}
      </div>
      {action}
    </div>
  )
}

type ErrorNoteProps = { readonly error: unknown; readonly onRetry?: () => void }

/** What went wrong, what it means and what can be done: the server's own words, with the id to look it up by. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  const t = useText(text)
  const { title, detail } = told(error, t)
  const requestId = error instanceof ApiError ? error.requestId : null
  return (
    <Note
      tone="bad"
      title={title}
      action={
        onRetry && (
          <Button small onClick={onRetry}>
            {t.retry}
          </Button>
        )
      }
    >
      {detail !== null && <p>{detail}</p>}
      {requestId !== null && (
        <p className="mt-1 flex items-center gap-1 text-xs text-ink-3">
          {t.requestId} <code>{requestId}</code> <CopyButton value={requestId} />
        </p>
      )}
    </Note>
  )
}

type Told = { readonly title: string; readonly detail: string | null }

function told(error: unknown, t: (typeof text)['en']): Told {
  if (!(error instanceof ApiError))
    return { title: t.wentWrong, detail: error instanceof Error ? error.message : String(error) }
  if (error.status === 0) return { title: t.wentWrong, detail: t.unreachable }
  if (error.status === 403) return { title: t.refused, detail: `${error.message} ${t.refusedHint}` }
  if (error.status === 404) return { title: t.missing, detail: error.message }
  if (error.status === 429) return { title: t.tooFast, detail: error.message }
  if (error.status >= 500) return { title: t.wentWrong, detail: `${error.message} ${t.broken}` }
  return { title: t.wentWrong, detail: error.message }
}
