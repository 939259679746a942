import { errorOf } from '@paddock/webkit/api/error.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { useProviderName, type Provider } from './provider.ts'
import { Section } from './section.tsx'
import { text } from './text.ts'

/** The key of a known provider: entering, replacing and forgetting it. What stands in paddock.yaml is changed there. */
export function KeySection({ provider }: { readonly provider: Provider }) {
  const t = useText(text)
  const mayChange = useMay('owner', 'admin')
  const { found_in, needs_key, entered_key } = provider
  const [replaces, setReplaces] = useState(false)
  if (found_in === 'paddock.yaml')
    return (
      <Section title={t.key}>
        <InFile />
      </Section>
    )
  if (!needs_key)
    return (
      <Section title={t.address}>
        <p className="text-sm text-ink-2">{t.localHint(`${provider.id.toUpperCase()}_BASE_URL`)}</p>
        <InFile />
      </Section>
    )
  const isEntered = entered_key !== null
  return (
    <Section
      title={t.key}
      actions={
        mayChange &&
        isEntered &&
        !replaces && (
          <>
            <Button small onClick={() => setReplaces(true)}>
              {t.replace}
            </Button>
            <Removing provider={provider} />
          </>
        )
      }
    >
      {isEntered && <Entered entered={entered_key} />}
      {!isEntered && found_in !== null && <p className="text-sm text-ink-2">{t.inEnvironment(found_in)}</p>}
      {!mayChange && !isEntered && <p className="text-sm text-ink-2">{t.mayNotEnter}</p>}
      {mayChange && (!isEntered || replaces) && <KeyForm provider={provider} onDone={() => setReplaces(false)} />}
    </Section>
  )
}

function InFile() {
  const t = useText(text)
  return (
    <p className="text-sm text-ink-2">
      {t.inFile}{' '}
      <Link to="/settings" className="text-link underline">
        {t.openSettings}
      </Link>
    </p>
  )
}

function Entered({ entered }: { readonly entered: NonNullable<Provider['entered_key']> }) {
  const t = useText(text)
  const { day, exactMoment } = useFormat()
  return (
    <p className="text-sm text-ink-2">
      <code className="text-ink">{`••••${entered.last_four}`}</code>{' '}
      <span title={exactMoment(entered.entered_at)}>{t.enteredAt(day(entered.entered_at))}</span>
    </p>
  )
}

type KeyFormProps = { readonly provider: Provider; readonly onDone: () => void }

function KeyForm({ provider: { id, base_url, entered_key }, onDone }: KeyFormProps) {
  const t = useText(text)
  const say = useToast()
  const enter = useChange('providers.enterKey', ['providers', 'routes'])
  const [key, setKey] = useState('')
  const [address, setAddress] = useState('')
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        const body = { key: key.trim(), ...(address.trim() === '' ? {} : { base_url: address.trim() }) }
        // The form is gone by then, so this cannot wait for it. What went wrong is in `enter`.
        enter.mutateAsync({ params: { id }, body }).then(
          () => {
            say(t.keySaved)
            onDone()
          },
          () => undefined,
        )
      }}
    >
      <TextField
        label={t.newKey}
        hint={t.keyHint}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        required
        minLength={8}
        value={key}
        onChange={(event) => setKey(event.target.value)}
        error={errorOf(enter.error, 'key')}
      />
      <TextField
        label={t.otherAddress}
        hint={t.otherAddressHint}
        type="url"
        placeholder={base_url}
        value={address}
        onChange={(event) => setAddress(event.target.value)}
        error={errorOf(enter.error, 'base_url')}
      />
      {enter.error !== null && <ErrorNote error={enter.error} />}
      <div className="flex gap-2">
        <Button type="submit" kind="primary" busy={enter.isPending} disabled={key.trim().length < 8}>
          {t.saveKey}
        </Button>
        {entered_key !== null && <Button onClick={onDone}>{t.cancel}</Button>}
      </div>
    </form>
  )
}

function Removing({ provider }: { readonly provider: Provider }) {
  const t = useText(text)
  const say = useToast()
  const nameOf = useProviderName()
  const remove = useChange('providers.removeKey', ['providers', 'routes'])
  const [asks, setAsks] = useState(false)
  return (
    <>
      <Button small kind="quiet" onClick={() => setAsks(true)}>
        {t.removeKey}
      </Button>
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        onConfirm={() =>
          // As above: without a key, nothing of this is shown any more.
          void remove.mutateAsync({ params: { id: provider.id } }).then(
            () => say(t.keyRemoved),
            () => undefined,
          )
        }
        busy={remove.isPending}
        error={remove.error}
        title={t.removeKeyTitle}
        deed={t.removeKey}
      >
        {t.removeKeyHint(nameOf(provider))}
      </Confirm>
    </>
  )
}
