import { ApiError } from '@paddock/webkit/api/error.ts'
import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { CheckField, SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Scale } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { problemsOf, type BillFile } from './bill-file.ts'
import { FileDrop } from './file-drop.tsx'
import { Reconciled } from './reconciled.tsx'
import { reconcileText } from './reconcile-text.ts'

type Asked = { readonly provider: string; readonly from: string; readonly to: string; readonly comma: boolean }

/** A provider's bill beside the books. */
export function Reconciliation() {
  const t = useText(reconcileText)
  const shapes = useAsk('bills.shapes', {})
  const reconcile = useChange('bills.reconcile', [])
  const [asked, setAsked] = useState<Asked>({ provider: '', from: '', to: '', comma: false })
  const [file, setFile] = useState<BillFile | null>(null)
  const compare = (): void => {
    if (file === null) return
    const { provider, from, to, comma } = asked
    const span = { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) }
    reconcile.mutate({ body: { provider, csv: file.csv, ...span, ...(comma ? { decimal_comma: true } : {}) } })
  }
  // What is shown is of what was asked: another question takes it away.
  const ask = (next: Asked): void => {
    reconcile.reset()
    setAsked(next)
  }
  return (
    <>
      <Panel>
        {shapes.error !== null && <ErrorNote error={shapes.error} onRetry={() => void shapes.refetch()} />}
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            compare()
          }}
        >
          <Question asked={asked} onChange={ask} shapes={shapes.data?.items ?? []} />
          <FileDrop
            file={file}
            onFile={(next) => {
              reconcile.reset()
              setFile(next)
            }}
          />
          <div className="flex flex-wrap items-center justify-between gap-3">
            <CheckField
              label={t.comma}
              checked={asked.comma}
              onChange={({ target: { checked } }) => ask({ ...asked, comma: checked })}
            />
            <Button
              kind="primary"
              type="submit"
              busy={reconcile.isPending}
              disabled={file === null || asked.provider === ''}
            >
              {t.compare}
            </Button>
          </div>
        </form>
      </Panel>
      {reconcile.error !== null && <Problems error={reconcile.error} />}
      {reconcile.data && <Reconciled provider={asked.provider} found={reconcile.data} />}
      {reconcile.isIdle && (
        <Panel>
          <Empty icon={Scale} title={t.emptyTitle}>
            {t.emptyHint}
          </Empty>
        </Panel>
      )}
    </>
  )
}

type QuestionProps = {
  readonly asked: Asked
  readonly onChange: (asked: Asked) => void
  readonly shapes: Answer<'bills.shapes'>['items']
}

function Question({ asked, onChange, shapes }: QuestionProps) {
  const t = useText(reconcileText)
  const providers = [...new Set(shapes.map(({ provider }) => provider))].toSorted()
  const taken = shapes.filter(({ provider }) => provider === asked.provider)
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <SelectField
        label={t.provider}
        required
        value={asked.provider}
        onChange={({ target: { value } }) => onChange({ ...asked, provider: value })}
        options={[{ value: '', label: t.chooseProvider }, ...providers.map((value) => ({ value, label: value }))]}
      />
      <TextField
        label={t.from}
        hint={t.spanHint}
        type="date"
        value={asked.from}
        onChange={({ target: { value } }) => onChange({ ...asked, from: value })}
      />
      <TextField
        label={t.to}
        type="date"
        value={asked.to}
        onChange={({ target: { value } }) => onChange({ ...asked, to: value })}
      />
      {taken.length > 0 && (
        <ul className="text-xs text-ink-3 sm:col-span-3">
          {taken.map(({ id, what, confidence }) => (
            <li key={id}>
              {t.takes}: <span lang="en">{what}</span>
              {confidence !== 'high' && <span className="text-warn"> {t.unsure}</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** What is wrong with the bill, line by line; of any other error what it says. */
function Problems({ error }: { readonly error: Error }) {
  const t = useText(reconcileText)
  const problems = error instanceof ApiError ? problemsOf(error.message) : []
  if (problems.length === 0) return <ErrorNote error={error} />
  return (
    <Note tone="bad" title={t.problems}>
      <ul className="mt-1 flex flex-col gap-0.5">
        {problems.map(({ line, what }, place) => (
          <li key={place} className="flex gap-3">
            {line !== null && <span className="tabular w-10 shrink-0 text-right text-ink-3">{line}</span>}
            <span className="min-w-0">{what}</span>
          </li>
        ))}
      </ul>
    </Note>
  )
}
