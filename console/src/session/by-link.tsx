import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useChange } from '../query.ts'
import { FormPage } from './form-page.tsx'
import { text } from './text.ts'

/** Becoming the first owner, by the link that the server printed. */
export function SetUp() {
  const t = useText(text)
  const setUp = useChange('session.setUp')
  const [email, setEmail] = useState('')
  return (
    <ByLink
      title={t.setUp}
      hint={t.setUpHint}
      deed={t.create}
      state={setUp}
      email={{ value: email, set: setEmail }}
      onSubmit={(person) => setUp.mutateAsync({ body: { ...person, email } })}
    />
  )
}

/** Becoming a member, by the link of an invitation. */
export function Join() {
  const t = useText(text)
  const join = useChange('session.acceptInvitation')
  return (
    <ByLink
      title={t.join}
      hint={t.joinHint}
      deed={t.join}
      state={join}
      onSubmit={(person) => join.mutateAsync({ body: person })}
    />
  )
}

type Person = { readonly token: string; readonly name: string; readonly password: string }
type ByLinkProps = {
  readonly title: string
  readonly hint: string
  readonly deed: string
  readonly state: { readonly isPending: boolean; readonly error: Error | null }
  readonly email?: { readonly value: string; readonly set: (email: string) => void }
  readonly onSubmit: (person: Person) => Promise<unknown>
}

function ByLink({ title, hint, deed, state, email, onSubmit }: ByLinkProps) {
  const t = useText(text)
  const token = useToken()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const submit = async (): Promise<void> => {
    await onSubmit({ token, name, password })
    await navigate({ to: '/' })
  }
  return (
    // What went wrong is in `state`.
    <FormPage title={title} hint={hint} onSubmit={() => void submit().catch(() => undefined)}>
      {token === '' && <Note tone="warn">{t.noToken}</Note>}
      <TextField
        label={t.name}
        name="name"
        autoComplete="name"
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      {email && (
        <TextField
          label={t.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email.value}
          onChange={(event) => email.set(event.target.value)}
          error={errorOf(state.error, 'email')}
        />
      )}
      <TextField
        label={t.password}
        hint={t.passwordHint}
        type="password"
        name="password"
        autoComplete="new-password"
        required
        minLength={12}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={errorOf(state.error, 'password')}
      />
      {state.error !== null && <ErrorNote error={state.error} />}
      <Button type="submit" kind="primary" busy={state.isPending} disabled={token === ''}>
        {deed}
      </Button>
    </FormPage>
  )
}

/** What stands behind "#", which browsers send to no server. It is taken out of the address at once. */
function useToken(): string {
  const [token] = useState(() => location.hash.slice(1))
  useEffect(() => history.replaceState(history.state, '', location.pathname), [])
  return token
}
