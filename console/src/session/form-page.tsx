import type { FormEvent, ReactNode } from 'react'
import { Mark } from '../shell/mark.tsx'
import { Preferences } from '../shell/preferences.tsx'

type FormPageProps = {
  readonly title: string
  readonly hint?: ReactNode
  readonly onSubmit: () => void
  readonly children: ReactNode
}

/** A page that is one form: signing in, setting up, joining. */
export function FormPage({ title, hint, onSubmit, children }: FormPageProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <div className="flex min-h-dvh flex-col bg-side">
      <div className="flex justify-end p-3">
        <Preferences />
      </div>
      <main className="flex flex-1 items-start justify-center px-4 pt-[8vh] pb-12">
        <form
          onSubmit={submit}
          className="flex w-full max-w-sm flex-col gap-4 rounded-card border border-line bg-page p-6"
        >
          <Mark />
          <div>
            <h1 className="text-xl font-semibold">{title}</h1>
            {hint !== undefined && <p className="mt-1 text-sm text-ink-2">{hint}</p>}
          </div>
          {children}
        </form>
      </main>
    </div>
  )
}
