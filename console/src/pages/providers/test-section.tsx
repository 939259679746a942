import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { FailureNote } from './failure-note.tsx'
import type { Provider } from './provider.ts'
import { Section } from './section.tsx'
import { text } from './text.ts'

/** Asks one model for a word, for real: whether the provider is reached, takes the key, and how fast it is. */
export function TestSection({ provider: { id, models } }: { readonly provider: Provider }) {
  const t = useText(text)
  const test = useChange('providers.test', ['providers'])
  const [model, setModel] = useState('')
  const asked = model.trim()
  const run = (): void => test.mutate({ params: { id }, body: asked === '' ? {} : { model: asked } })
  return (
    <Section title={t.test}>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <TextField
          label={t.model}
          className="flex-1"
          offers={models}
          placeholder={models[0]}
          required={models.length === 0}
          value={model}
          onChange={(event) => setModel(event.target.value)}
        />
        <Button type="submit" busy={test.isPending}>
          {t.runTest}
        </Button>
      </form>
      <p className="text-xs text-ink-3">{t.testHint}</p>
      <div aria-live="polite">
        {test.error !== null && <ErrorNote error={test.error} />}
        {test.data && !test.isPending && <Result of={test.data} />}
      </div>
    </Section>
  )
}

function Result({ of }: { readonly of: Answer<'providers.test'> }) {
  const t = useText(text)
  const { duration } = useFormat()
  const { error, model, duration_ms, first_byte_ms, request_id } = of
  return (
    <div className="flex flex-col gap-2 text-sm">
      {error === null ? (
        <p className="flex items-center gap-2 rounded-card bg-ok-soft px-4 py-3">
          <CircleCheck size={16} aria-hidden className="shrink-0 text-ok" />
          <span className="min-w-0 flex-1">{t.testOk(model)}</span>
        </p>
      ) : (
        <FailureNote failure={error} />
      )}
      <p className="tabular flex flex-wrap gap-x-4 text-xs text-ink-2">
        {error !== null && <span>{model}</span>}
        {first_byte_ms !== null && <span>{`${t.firstByte} ${duration(first_byte_ms)}`}</span>}
        <span>{`${t.took} ${duration(duration_ms)}`}</span>
        {request_id !== null && (
          <Link to="/requests" search={{ request: request_id }} className="text-link hover:underline">
            {t.toRequest}
          </Link>
        )}
      </p>
    </div>
  )
}
