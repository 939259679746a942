import { ApiError } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { FormDialog } from '@paddock/webkit/ui/dialog.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { Planned } from './planned.tsx'
import { StartFields } from './start-fields.tsx'
import { bodyOf, firstForm, type Starting } from './start-form.ts'
import { text } from './text.ts'

type StartDialogProps = {
  readonly from: Starting
  readonly onClose: () => void
  readonly onStarted: (race: string) => void
}

/** Plans a race and starts it: first what it would be frozen as is shown, then it can be started. */
export function StartDialog({ from, onClose, onStarted }: StartDialogProps) {
  const t = useText(text)
  const say = useToast()
  const [form, setForm] = useState(() => firstForm(from))
  const [isFor, setFor] = useState<string | null>(null)
  const plan = useChange('races.plan', [])
  const start = useChange('races.start', ['races', 'overview', 'routes'])
  const body = bodyOf(form, from)
  const asked = JSON.stringify(body)
  // A plan says what would be started only for as long as nothing of it was changed.
  const planned = plan.data && isFor === asked ? plan.data : null
  const ask = (): void => {
    if (planned === null) plan.mutate({ body }, { onSuccess: () => setFor(asked) })
    else
      start.mutate(
        { body },
        {
          onSuccess: (race) => {
            say(t.started(race.route))
            onClose()
            onStarted(race.id)
          },
        },
      )
  }
  const error = start.error ?? plan.error
  return (
    <FormDialog
      shape="wide"
      onClose={onClose}
      title={t.startTitle}
      description={from.proposal ? t.startFromProposal : t.startHint}
      deed={planned === null ? t.makePlan : t.start}
      busy={plan.isPending || start.isPending}
      aside={planned !== null && <p className="mr-auto self-center text-xs text-ink-3">{t.frozenHint}</p>}
      onSubmit={ask}
    >
      <StartFields form={form} onChange={(part) => setForm((old) => ({ ...old, ...part }))} from={from} error={error} />
      {error !== null && (planned === null || start.error !== null) && !isOfField(error) && <ErrorNote error={error} />}
      {planned !== null && <Planned of={planned} />}
    </FormDialog>
  )
}

/** Fields show their own errors; all others stand under the form. */
function isOfField(error: unknown): boolean {
  return (
    error instanceof ApiError && error.param !== null && /route|champion|challengers|margin|budget/.test(error.param)
  )
}
