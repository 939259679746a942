import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { useState } from 'react'
import { text } from './dataset-text.ts'
import { Fate } from './fate.tsx'
import { ModelName } from './model-name.tsx'
import { usePoints } from './points.ts'
import { readReport, type Difference, type ReportRow } from './report.ts'

/** What a race on the practice data came to: the verdict, a row for each model, and the items on which they differ. */
export function DatasetReport({ of }: { readonly of: Readonly<Record<string, unknown>> }) {
  const t = useText(text)
  const report = readReport(of)
  const columns = useColumns()
  // A report of another version is not guessed at.
  if (report === null) return <Note title={t.unreadable} />
  const { verdict } = report
  const kinds: Readonly<Record<string, string>> = t.verdictTexts
  return (
    <>
      <Note
        title={`${kinds[verdict.kind] ?? verdict.kind}${verdict.challenger === null ? '' : ` · ${verdict.challenger}`}`}
      >
        {verdict.reason ?? t.verdictHint}
      </Note>
      <Panel flush title={t.report} hint={t.reportHint}>
        <Table
          name="dataset-report"
          label={t.report}
          columns={columns}
          rows={report.rows}
          rowKey={({ model }) => model}
        />
      </Panel>
      <Differences of={report.differences} />
    </>
  )
}

function useColumns(): Column<ReportRow>[] {
  const t = useText(text)
  const { number, percent, duration } = useFormat()
  const points = usePoints()
  return [
    {
      id: 'model',
      head: t.model,
      cell: ({ model, fate }) => (
        <span className="flex items-center gap-2">
          <ModelName of={model} />
          {fate === null ? <span className="text-xs text-ink-3">{t.champion}</span> : <Fate of={fate} />}
        </span>
      ),
    },
    { id: 'score', head: t.score, align: 'right', cell: ({ score }) => percent(score) },
    { id: 'difference', head: t.difference, align: 'right', cell: ({ difference }) => points(difference) },
    {
      id: 'interval',
      head: t.interval,
      align: 'right',
      cell: ({ interval }) => (interval === null ? '—' : `${points(interval.low)} … ${points(interval.high)}`),
    },
    { id: 'calls', head: t.calls, align: 'right', cell: ({ calls }) => number(calls) },
    { id: 'took', head: t.took, align: 'right', cell: ({ duration: ms }) => duration(ms) },
    { id: 'cost', head: t.cost, align: 'right', cell: ({ cost }) => <Monies of={cost} /> },
    {
      id: 'saving',
      head: t.saving,
      align: 'right',
      cell: ({ saving }) => (saving === null ? '—' : percent(saving)),
    },
  ]
}

/** A duel at a time: the question, what was right, and what each said. */
function Differences({ of }: { readonly of: readonly Difference[] }) {
  const t = useText(text)
  const { number } = useFormat()
  const [place, setPlace] = useState(0)
  const shown = of[place]
  if (!shown) return null
  const step = (by: number): void => setPlace(Math.min(of.length - 1, Math.max(0, place + by)))
  return (
    <Panel
      title={t.differences}
      hint={t.differencesHint}
      actions={
        <div className="flex items-center gap-2">
          <span className="tabular text-xs text-ink-3">{t.placeOf(number(place + 1), number(of.length))}</span>
          <Button small disabled={place === 0} onClick={() => step(-1)}>
            {t.previous}
          </Button>
          <Button small disabled={place === of.length - 1} onClick={() => step(1)}>
            {t.next}
          </Button>
        </div>
      }
    >
      <div
        role="group"
        aria-label={t.differences}
        tabIndex={0}
        className="flex flex-col gap-4 text-sm"
        onKeyDown={({ key }) => {
          if (key === 'ArrowRight') step(1)
          else if (key === 'ArrowLeft') step(-1)
        }}
      >
        <p tabIndex={0} className="max-h-72 overflow-y-auto whitespace-pre-wrap">
          {shown.question.trim()}
        </p>
        <p className="text-ink-2">
          {t.right} <span className="font-medium text-ink">{shown.right}</span>
        </p>
        <div className="grid gap-3 lg:grid-cols-2">
          {shown.answers.map(({ model, score, text: said }) => (
            <section key={model} className="min-w-0 rounded-card border border-line p-3">
              <h3 className="mb-1 flex justify-between gap-2 font-medium">
                <ModelName of={model} />
                <span className={score > 0 ? 'text-ok' : 'text-bad'}>
                  {score > 0 ? `✓ ${t.isRight}` : `✗ ${t.isWrong}`}
                </span>
              </h3>
              <p tabIndex={0} className="max-h-72 overflow-y-auto whitespace-pre-wrap text-ink-2">
                {said}
              </p>
            </section>
          ))}
        </div>
      </div>
    </Panel>
  )
}
