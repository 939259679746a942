import { useText } from '@paddock/webkit/text/language.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { text } from './text.ts'

type Failure = { readonly code: string; readonly message: string; readonly next: string | null }

/** Why a provider did not do what it was asked, in its own words, and what to do about it. */
export function FailureNote({ failure: { code, message, next } }: { readonly failure: Failure }) {
  const t = useText(text)
  return (
    <Note tone="bad" title={message}>
      {next !== null && (
        <p>
          <span className="font-medium">{t.nextStep}</span> {next}
        </p>
      )}
      <code className="text-xs text-ink-3">{code}</code>
    </Note>
  )
}
