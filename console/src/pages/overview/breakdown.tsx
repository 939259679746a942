import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { useNavigate } from '@tanstack/react-router'
import { useAsk } from '../../query.ts'
import { answerTokens, promptTokens } from '../../tokens.ts'
import { text } from './text.ts'

type BreakdownProps = {
  readonly by: 'model' | 'key'
  readonly query: { readonly from: string; readonly to: string | undefined; readonly practice: string | undefined }
}
type Row = Answer<'overview.breakdown'>['items'][number]

/** The largest of a kind; a click leads to their requests. */
export function Breakdown({ by, query }: BreakdownProps) {
  const t = useText(text)
  const { compact } = useFormat()
  const navigate = useNavigate()
  const breakdown = useAsk('overview.breakdown', { query: { ...query, by, limit: 12 } }, { every: 60_000 })
  const most = breakdown.data?.items[0]?.requests ?? 1
  const columns: Column<Row>[] = [
    {
      id: 'name',
      head: t[by],
      cell: ({ label }) => (
        <span title={label ?? t.none} className="block max-w-44 truncate">
          {label ?? t.none}
        </span>
      ),
    },
    { id: 'requests', head: t.requests, align: 'right', cell: ({ requests }) => compact(requests) },
    { id: 'share', head: t.share, cell: ({ requests }) => <Bar share={requests / most} label={compact(requests)} /> },
    {
      id: 'tokens',
      head: t.tokens,
      align: 'right',
      cell: ({ usage }) => compact(promptTokens(usage) + answerTokens(usage)),
    },
    { id: 'cost', head: t.cost, align: 'right', cell: ({ cost }) => <Monies of={cost} /> },
  ]
  const open = ({ name }: Row): void =>
    void navigate({ to: '/requests', search: { [by]: name ?? undefined, from: query.from, to: query.to } })
  return (
    <Panel flush title={t[by]} hint={breakdown.data && t.largest(breakdown.data.items.length, breakdown.data.groups)}>
      {breakdown.error !== null && <ErrorNote error={breakdown.error} onRetry={() => void breakdown.refetch()} />}
      <Table
        name={`breakdown-${by}`}
        label={t[by]}
        columns={columns}
        rows={breakdown.data?.items}
        rowKey={({ name }) => name ?? ''}
        onOpen={open}
      />
    </Panel>
  )
}
