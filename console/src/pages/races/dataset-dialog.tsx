import { errorOf } from '@paddock/webkit/api/error.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { CheckField, SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { text } from './dataset-text.ts'
import { CHALLENGERS_MAX, shareOf } from './start-form.ts'

type DatasetDialogProps = { readonly onClose: () => void; readonly onStarted: (dataset: string) => void }

/** Champion, challengers and margin of a race on the practice data: recorded answers, so it costs nothing. */
export function DatasetDialog({ onClose, onStarted }: DatasetDialogProps) {
  const t = useText(text)
  const models = useAsk('routes.models', {})
  const names = models.data?.items.flatMap(({ name, provider, route }) =>
    route || provider !== 'practice' ? [] : [name],
  )
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.startTitle}
      description={t.startHint}
      footer={<StartButton isReady={names !== undefined && names.length > 1} />}
    >
      {models.error !== null && <ErrorNote error={models.error} onRetry={() => void models.refetch()} />}
      {names === undefined && models.error === null && <Skeleton className="h-64" />}
      {names?.length === 0 && <p className="text-sm text-ink-2">{t.noPractice}</p>}
      {names !== undefined && names.length > 0 && <DatasetForm names={names} onStarted={onStarted} />}
    </Dialog>
  )
}

/** Answers are played back at the pace of their models, so many are asked for at once. */
const CONCURRENCY = 32

const FORM = 'start-dataset'

function StartButton({ isReady }: { readonly isReady: boolean }) {
  const t = useText(text)
  return (
    <Button kind="primary" type="submit" form={FORM} disabled={!isReady}>
      {t.start}
    </Button>
  )
}

type DatasetFormProps = { readonly names: readonly string[]; readonly onStarted: (dataset: string) => void }

function DatasetForm({ names, onStarted }: DatasetFormProps) {
  const t = useText(text)
  const start = useChange('races.startDataset')
  const [champion, setChampion] = useState(names.find((name) => name.includes('gpt-4o')) ?? names[0] ?? '')
  const [challengers, setChallengers] = useState<ReadonlySet<string>>(new Set())
  const [margin, setMargin] = useState('5')
  const submit = (): void => {
    const body = {
      champion,
      challengers: [...challengers].filter((name) => name !== champion),
      margin: shareOf(margin),
      concurrency: CONCURRENCY,
    }
    start.mutate({ body }, { onSuccess: ({ id }) => onStarted(id) })
  }
  return (
    <form
      id={FORM}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <SelectField
        label={t.champion}
        value={champion}
        onChange={({ target: { value } }) => setChampion(value)}
        options={names.map((value) => ({ value, label: value }))}
        error={errorOf(start.error, 'champion')}
      />
      <ChallengerChoice
        names={names.filter((name) => name !== champion)}
        chosen={challengers}
        onChange={setChallengers}
        error={errorOf(start.error, 'challengers')}
      />
      <TextField
        label={t.marginField}
        hint={t.marginHint}
        inputMode="decimal"
        required
        value={margin}
        onChange={({ target: { value } }) => setMargin(value)}
        error={errorOf(start.error, 'margin')}
      />
      {start.isPending && (
        <p role="status" className="text-sm text-ink-2">
          {t.starting}
        </p>
      )}
      {start.error !== null && <ErrorNote error={start.error} />}
    </form>
  )
}

type ChallengerChoiceProps = {
  readonly names: readonly string[]
  readonly chosen: ReadonlySet<string>
  readonly onChange: (chosen: ReadonlySet<string>) => void
  readonly error: string | null
}

function ChallengerChoice({ names, chosen, onChange, error }: ChallengerChoiceProps) {
  const t = useText(text)
  const flip = (name: string): void => {
    const next = new Set(chosen)
    if (!next.delete(name)) next.add(name)
    onChange(next)
  }
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{t.challengers(CHALLENGERS_MAX)}</legend>
      <div className="grid gap-1.5 sm:grid-cols-2">
        {names.map((name) => (
          <CheckField
            key={name}
            label={<span className="break-all">{name.replace(/^practice\//, '')}</span>}
            checked={chosen.has(name)}
            disabled={!chosen.has(name) && chosen.size >= CHALLENGERS_MAX}
            onChange={() => flip(name)}
          />
        ))}
      </div>
      {error !== null && <p className="text-xs text-bad">{error}</p>}
    </fieldset>
  )
}
