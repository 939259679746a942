import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { CircleCheck, CircleX, RotateCw } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { text } from './text.ts'

type Finding = Answer<'settings.doctor'>['findings'][number]

const TONES = { good: 'ok', note: 'accent', fault: 'bad' } as const
/** What does not work comes first. */
const ORDER = ['fault', 'note', 'good'] as const

/** Whether the server has what it needs, and what to mend. */
export function Doctor() {
  const t = useText(text)
  const { data, error, isFetching, refetch } = useAsk('settings.doctor', {})
  const columns: Column<Finding>[] = [
    {
      id: 'result',
      head: t.state,
      cell: ({ result }) => <Badge tone={TONES[result]}>{t.results[result]}</Badge>,
    },
    { id: 'check', head: t.check, cell: ({ check }) => <span className="whitespace-nowrap">{check}</span> },
    {
      id: 'finding',
      head: t.finding,
      cell: ({ detail }) => <span className="block min-w-64">{detail}</span>,
    },
  ]
  const again = (
    <Button icon={RotateCw} busy={isFetching} onClick={() => void refetch()}>
      {t.again}
    </Button>
  )
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  const Icon = data?.ok === false ? CircleX : CircleCheck
  return (
    <Panel
      flush
      title={
        data && (
          <span className="flex items-center gap-2">
            <Icon size={16} aria-hidden className={data.ok ? 'text-ok' : 'text-bad'} />
            {data.ok ? t.allGood : t.notGood}
          </span>
        )
      }
      actions={again}
    >
      <Table
        name="doctor"
        label={t.tabs.doctor}
        columns={columns}
        rows={data && ORDER.flatMap((result) => data.findings.filter((each) => each.result === result))}
        rowKey={({ check, detail }) => `${check} ${detail}`}
      />
    </Panel>
  )
}
