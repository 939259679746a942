import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { text } from './text.ts'

const EMPTY = { current: '', next: '', again: '' }

/** Changes the password. */
export function Password({ email }: { readonly email: string }) {
  const t = useText(text)
  const say = useToast()
  const change = useChange('session.changePassword')
  const [typed, setTyped] = useState(EMPTY)
  const differs = typed.again !== '' && typed.again !== typed.next
  const field = (name: keyof typeof EMPTY) => ({
    type: 'password',
    required: true,
    value: typed[name],
    onChange: ({ target: { value } }: { readonly target: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: value }),
  })
  const submit = (): void => {
    if (typed.next !== typed.again) return
    change.mutate(
      { body: { current: typed.current, password: typed.next } },
      {
        onSuccess: () => {
          setTyped(EMPTY)
          say(t.changed)
        },
      },
    )
  }
  return (
    <Panel title={t.password} hint={t.passwordHint}>
      <form
        className="flex max-w-md flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        {/* For what keeps passwords: whose this is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <TextField
          label={t.current}
          autoComplete="current-password"
          {...field('current')}
          error={errorOf(change.error, 'current')}
        />
        <TextField
          label={t.next}
          hint={t.nextHint}
          autoComplete="new-password"
          minLength={12}
          {...field('next')}
          error={errorOf(change.error, 'password')}
        />
        <TextField label={t.again} autoComplete="new-password" {...field('again')} error={differs ? t.differs : null} />
        {change.error !== null && <ErrorNote error={change.error} />}
        <div>
          <Button type="submit" busy={change.isPending} disabled={differs}>
            {t.change}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
