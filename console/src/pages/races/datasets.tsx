import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { Instant } from '@paddock/webkit/ui/instant.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { FlaskConical } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { text } from './dataset-text.ts'
import { Against } from './model-name.tsx'

export type Job = Answer<'races.datasets'>['items'][number]

const TONES: Readonly<Record<Job['state'], Tone>> = {
  running: 'accent',
  finished: 'ok',
  stopped: 'plain',
  failed: 'bad',
}

/** Races on the practice data, newest first. */
export function Datasets({ onOpen }: { readonly onOpen: (dataset: string) => void }) {
  const t = useText(text)
  const jobs = useAsk('races.datasets', {}, { every: 5_000 })
  const columns = useColumns()
  if (jobs.error !== null) return <ErrorNote error={jobs.error} onRetry={() => void jobs.refetch()} />
  return (
    <Panel flush title={t.onData} hint={t.onDataHint}>
      <Table
        name="dataset-races"
        label={t.onData}
        columns={columns}
        rows={jobs.data?.items}
        rowKey={({ id }) => id}
        onOpen={({ id }) => onOpen(id)}
        empty={
          <Empty icon={FlaskConical} title={t.none}>
            {t.noneHint}
          </Empty>
        }
      />
    </Panel>
  )
}

function useColumns(): Column<Job>[] {
  const t = useText(text)
  const { number } = useFormat()
  return [
    {
      id: 'since',
      head: t.since,
      cell: ({ started_at }) => <Instant at={started_at} />,
    },
    {
      id: 'against',
      head: t.against,
      cell: ({ champion, challengers }) => <Against champion={champion} challengers={challengers} />,
    },
    { id: 'state', head: t.state, cell: (job) => <JobBadge of={job} /> },
    {
      id: 'progress',
      head: t.progress,
      cell: ({ done, max }) => (
        <div className="w-44">
          <Bar share={max === 0 ? 0 : done / max} label={t.itemsOf(number(done), number(max))} />
          <span className="tabular text-xs text-ink-3">{t.itemsOf(number(done), number(max))}</span>
        </div>
      ),
    },
    { id: 'spent', head: t.spent, align: 'right', cell: ({ spent }) => <Money of={spent} /> },
  ]
}

/** Where it is; of one that has ended, what came of it. */
export function JobBadge({ of: { state, verdict } }: { readonly of: Job }) {
  const t = useText(text)
  const kinds: Readonly<Record<string, string>> = t.verdicts
  if (state !== 'finished' || verdict === null) return <Badge tone={TONES[state]}>{t.states[state]}</Badge>
  return <Badge tone={verdict.kind === 'promote' ? 'ok' : 'plain'}>{kinds[verdict.kind] ?? verdict.kind}</Badge>
}
