import { ApiError } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { useState } from 'react'
import { useAsk, useChange } from '../query.ts'
import { FormPage } from './form-page.tsx'
import { OtherWays } from './other-ways.tsx'
import { text } from './text.ts'

/** Shown wherever one is while nobody is signed in; the address stays, so one goes on where one wanted to go. */
export function SignIn() {
  const t = useText(text)
  const setup = useAsk('session.setupState', {})
  const signIn = useChange('session.signIn')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const isCodeMissing = signIn.error instanceof ApiError && signIn.error.code === 'second_factor_missing'
  const asksCode = isCodeMissing || code !== ''
  return (
    <FormPage
      title={t.signInTo}
      onSubmit={() => signIn.mutate({ body: { email, password, ...(code === '' ? {} : { code: code.trim() }) } })}
    >
      {setup.data?.needed === true && <Note tone="warn">{t.noOwner}</Note>}
      <TextField
        label={t.email}
        type="email"
        name="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <TextField
        label={t.password}
        type="password"
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {asksCode && (
        <TextField
          label={t.code}
          hint={t.codeHint}
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          autoFocus
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      )}
      {signIn.error !== null && !isCodeMissing && <ErrorNote error={signIn.error} />}
      <Button type="submit" kind="primary" busy={signIn.isPending}>
        {t.signIn}
      </Button>
      <OtherWays />
      <p className="text-xs text-ink-3">{t.forgotten}</p>
    </FormPage>
  )
}
