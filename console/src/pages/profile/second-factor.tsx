import { errorOf } from '@paddock/webkit/api/error.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { Dialog, FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState, type ReactNode } from 'react'
import { useChange } from '../../query.ts'
import { text } from './text.ts'

type SecondFactorProps = { readonly isOn: boolean; readonly email: string }

/** Turns the second factor on and off. */
export function SecondFactor({ isOn, email }: SecondFactorProps) {
  const t = useText(text)
  const [open, setOpen] = useState<'start' | 'drop' | null>(null)
  const close = (): void => setOpen(null)
  return (
    <Panel
      title={
        <span className="flex items-center gap-2">
          {t.factor}
          <Badge tone={isOn ? 'ok' : 'plain'}>{isOn ? t.on : t.off}</Badge>
        </span>
      }
      hint={t.factorHint}
    >
      <Button onClick={() => setOpen(isOn ? 'drop' : 'start')}>{isOn ? t.drop : t.start}</Button>
      {open === 'start' && <StartDialog email={email} onClose={close} />}
      {open === 'drop' && <DropDialog email={email} onClose={close} />}
    </Panel>
  )
}

type StepProps = { readonly email: string; readonly onClose: () => void }

/** Password, then the secret and a first code of it, then the recovery codes. */
function StartDialog({ email, onClose }: StepProps) {
  const t = useText(text)
  const start = useChange('session.startSecondFactor', [])
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (codes !== null) return <RecoveryCodes codes={codes} onClose={onClose} />
  if (start.data) return <ConfirmStep started={start.data} onConfirmed={setCodes} onClose={onClose} />
  return (
    <PasswordStep
      email={email}
      onClose={onClose}
      title={t.factor}
      hint={t.factorHint}
      deed={t.goOn}
      change={start}
      onSubmit={(password) => start.mutate({ body: { password } })}
    />
  )
}

function DropDialog({ email, onClose }: StepProps) {
  const t = useText(text)
  const say = useToast()
  const drop = useChange('session.dropSecondFactor')
  const go = (password: string): void =>
    drop.mutate(
      { body: { password } },
      {
        onSuccess: () => {
          say(t.dropped)
          onClose()
        },
      },
    )
  return (
    <PasswordStep
      email={email}
      onClose={onClose}
      title={t.dropTitle}
      hint={t.dropHint}
      deed={t.drop}
      danger
      change={drop}
      onSubmit={go}
    />
  )
}

type PasswordStepProps = StepProps & {
  readonly title: string
  readonly hint: ReactNode
  readonly deed: string
  readonly danger?: boolean
  readonly change: { readonly isPending: boolean; readonly error: Error | null }
  readonly onSubmit: (password: string) => void
}

/** That it is oneself who asks. */
function PasswordStep({ email, onClose, title, hint, deed, danger = false, change, onSubmit }: PasswordStepProps) {
  const t = useText(text)
  const [password, setPassword] = useState('')
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      description={hint}
      deed={deed}
      danger={danger}
      busy={change.isPending}
      error={change.error}
      onSubmit={() => onSubmit(password)}
    >
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <TextField
        label={t.confirmPassword}
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={password}
        onChange={({ target: { value } }) => setPassword(value)}
        error={errorOf(change.error, 'password')}
      />
    </FormDialog>
  )
}

type ConfirmStepProps = {
  readonly started: Answer<'session.startSecondFactor'>
  readonly onConfirmed: (codes: readonly string[]) => void
  readonly onClose: () => void
}

function ConfirmStep({ started: { secret, uri }, onConfirmed, onClose }: ConfirmStepProps) {
  const t = useText(text)
  const confirm = useChange('session.confirmSecondFactor')
  const [code, setCode] = useState('')
  return (
    <FormDialog
      onClose={onClose}
      title={t.factor}
      description={t.scan}
      deed={t.confirm}
      busy={confirm.isPending}
      error={confirm.error}
      onSubmit={() => {
        const body = { code: code.replaceAll(/\s/g, '') }
        confirm.mutate({ body }, { onSuccess: ({ recovery_codes }) => onConfirmed(recovery_codes) })
      }}
    >
      <CopyBlock value={inFours(secret)} label={t.secret} />
      <div>
        <a href={uri} className={buttonClass({ small: true })}>
          {t.openApp}
        </a>
      </div>
      <TextField
        label={t.code}
        hint={t.codeHint}
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9 ]{6,7}"
        required
        autoFocus
        value={code}
        onChange={({ target: { value } }) => setCode(value)}
        error={errorOf(confirm.error, 'code')}
      />
    </FormDialog>
  )
}

/** As apps show it; they pass over the spaces. */
function inFours(secret: string): string {
  return (secret.match(/.{1,4}/g) ?? []).join(' ')
}

function RecoveryCodes({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  const t = useText(text)
  return (
    <Dialog
      open
      // Only the button closes it: a click beside it would lose them.
      onClose={() => undefined}
      title={t.recovery}
      footer={
        <Button kind="primary" onClick={onClose}>
          {t.kept}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Note tone="warn">{t.recoveryHint}</Note>
        <CopyBlock value={codes.join('\n')} label={t.recovery} />
      </div>
    </Dialog>
  )
}
