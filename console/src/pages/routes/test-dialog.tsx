import type { Answer } from '@paddock/webkit/api/operation.ts'
import { errorOf } from '@paddock/webkit/api/error.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { TextArea, TextField } from '@paddock/webkit/ui/field.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Link } from '@tanstack/react-router'
import { useState, type FormEvent, type ReactNode } from 'react'
import { useChange } from '../../query.ts'
import { answerTokens, promptTokens } from '../../tokens.ts'
import { NameField } from './name-field.tsx'
import { text } from './text.ts'

type TestDialogProps = { readonly name: string; readonly onClose: () => void }

const TOKENS_MAX = 1000

/** Asks a model or route once, for real. */
export function TestDialog({ name, onClose }: TestDialogProps) {
  const t = useText(text)
  const test = useChange('routes.test', ['routes', 'requests'])
  const [model, setModel] = useState(name)
  const [message, setMessage] = useState<string>(t.question)
  const [tokens, setTokens] = useState(100)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    test.mutate({ body: { model, message, output_tokens_max: tokens } })
  }
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={t.testTitle}
      description={t.testHint}
      footer={
        <>
          <Button onClick={onClose}>{t.close}</Button>
          <Button kind="primary" type="submit" form="test-call" busy={test.isPending}>
            {t.ask}
          </Button>
        </>
      }
    >
      <form id="test-call" className="flex flex-col gap-3" onSubmit={submit}>
        <div className="grid gap-3 sm:grid-cols-[1fr_10rem]">
          <NameField value={model} onChange={setModel} />
          <TextField
            label={t.tokensMax}
            type="number"
            required
            min={1}
            max={TOKENS_MAX}
            value={tokens}
            onChange={(event) => setTokens(Math.trunc(Number(event.target.value)))}
          />
        </div>
        <TextArea
          label={t.message}
          required
          rows={3}
          maxLength={10_000}
          value={message}
          onChange={(event) => setMessage(event.target.value)}
          error={errorOf(test.error, 'message')}
        />
      </form>
      <div aria-live="polite" className="mt-4">
        {test.error !== null && <ErrorNote error={test.error} />}
        {test.data && !test.isPending && <Result of={test.data} />}
      </div>
    </Dialog>
  )
}

function Result({ of }: { readonly of: Answer<'routes.test'> }) {
  const t = useText(text)
  const { number, duration } = useFormat()
  const { error, text: answer, provider, model, usage, cost, duration_ms, request_id } = of
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.model, provider !== null && `${provider}/${model}`],
    [t.tokens, usage && error === null && t.inOut(number(promptTokens(usage)), number(answerTokens(usage)))],
    [t.cost, (error === null || cost !== null) && <Money key="cost" of={cost} />],
    [t.took, duration(duration_ms)],
    [
      t.request,
      request_id !== null && (
        <Link key="request" to="/requests" search={{ request: request_id }} className="text-link hover:underline">
          {t.toRequest}
        </Link>
      ),
    ],
  ]
  return (
    <div className="flex flex-col gap-3">
      {error !== null && (
        <Note tone="bad" title={error.message}>
          <code className="text-xs">{error.code}</code>
        </Note>
      )}
      {answer !== null && (
        <blockquote className="max-h-72 overflow-y-auto rounded-card bg-side px-4 py-3 text-base whitespace-pre-wrap">
          {answer}
        </blockquote>
      )}
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
        {facts
          .filter(([, value]) => value !== null && value !== false)
          .map(([name, value]) => (
            <div key={name}>
              <dt className="text-xs text-ink-3">{name}</dt>
              <dd className="tabular">{value}</dd>
            </div>
          ))}
      </dl>
    </div>
  )
}
