import { errorOf } from '@paddock/webkit/api/error.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { isGivenUp, isThereAlready, makePasskey } from '../../session/passkey.ts'
import { text } from './text.ts'

type AddPasskeyProps = { readonly email: string; readonly onClose: () => void }

/** Makes a passkey on this device, and keeps it under a name. */
export function AddPasskey({ email, onClose }: AddPasskeyProps) {
  const t = useText(text)
  const say = useToast()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const make = useMutation({
    mutationFn: () => makePasskey(name, password),
    onSuccess: async () => {
      say(t.made)
      onClose()
      await client.invalidateQueries({ queryKey: ['passkeys.list'] })
    },
  })
  return (
    <FormDialog
      onClose={onClose}
      title={t.addTitle}
      description={t.passkeysHint}
      deed={t.goOn}
      busy={make.isPending}
      onSubmit={() => make.mutate()}
    >
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <TextField
        label={t.passkeyName}
        hint={t.passkeyNameHint}
        required
        maxLength={100}
        autoFocus
        value={name}
        onChange={({ target: { value } }) => setName(value)}
        error={errorOf(make.error, 'name')}
      />
      <TextField
        label={t.confirmPassword}
        hint={t.passwordIf}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={({ target: { value } }) => setPassword(value)}
        error={errorOf(make.error, 'password')}
      />
      <NotMade error={make.error} />
    </FormDialog>
  )
}

function NotMade({ error }: { readonly error: Error | null }) {
  const t = useText(text)
  if (error === null) return null
  if (isGivenUp(error)) return <Note>{t.givenUp}</Note>
  if (isThereAlready(error)) return <Note tone="warn">{t.thereAlready}</Note>
  return <ErrorNote error={error} />
}

type RenamePasskeyProps = {
  readonly passkey: Answer<'passkeys.list'>['items'][number]
  readonly onClose: () => void
}

export function RenamePasskey({ passkey, onClose }: RenamePasskeyProps) {
  const t = useText(text)
  const say = useToast()
  const rename = useChange('passkeys.rename')
  const [name, setName] = useState(passkey.name)
  const submit = (): void =>
    rename.mutate(
      { params: { id: passkey.id }, body: { name } },
      {
        onSuccess: () => {
          say(t.renamed)
          onClose()
        },
      },
    )
  return (
    <FormDialog
      onClose={onClose}
      title={t.renameTitle(passkey.name)}
      deed={t.save}
      busy={rename.isPending}
      error={rename.error}
      onSubmit={submit}
    >
      <TextField
        label={t.passkeyName}
        required
        maxLength={100}
        autoFocus
        value={name}
        onChange={({ target: { value } }) => setName(value)}
        error={errorOf(rename.error, 'name')}
      />
    </FormDialog>
  )
}
