import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { FilterField } from '@paddock/webkit/ui/field.tsx'
import { Instant } from '@paddock/webkit/ui/instant.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { ClipboardList } from 'lucide-react'
import { usePages } from '../../query.ts'
import { Page } from '../../shell/page.tsx'
import { SpanPicker } from '../../shell/span-picker.tsx'
import { useClock } from '../../use-now.ts'
import { spanOf } from '../../use-span.ts'
import { text } from './text.ts'
import { Verify } from './verify.tsx'

const route = getRouteApi('/shell/audit')

/** What audit records are about: the part of an action before the point. */
const SUBJECTS = [
  'session',
  'passkeys',
  'sso',
  'keys',
  'budgets',
  'price_overrides',
  'price_proposals',
  'providers',
  'routes',
  'races',
  'people',
  'settings',
]

type Row = Answer<'audit.list'>['items'][number]

/** The log of changes, and whether it is whole. */
export function AuditPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<typeof search>): void => void navigate({ search: (old) => ({ ...old, ...part }) })
  // The log is of people at work, so it is looked at from now even where the books are of another time.
  const span = spanOf(search, useClock())
  const list = usePages('audit.list', { query: { ...span, action: search.action, actor: search.actor } })
  const columns = useColumns()
  return (
    <Page title={t.title} hint={t.hint} actions={<SpanPicker search={search} onChange={change} />}>
      <Verify />
      <Panel flush>
        {list.error === null ? (
          <Table
            name="audit"
            label={t.title}
            chooseColumns
            tools={
              <div className="sm:w-64">
                <FilterField
                  label={t.action}
                  any={t.anything}
                  value={search.action}
                  options={SUBJECTS.map((value) => ({ value, label: value }))}
                  onChange={(action) => change({ action })}
                />
              </div>
            }
            columns={columns}
            rows={list.rows}
            rowKey={({ seq }) => String(seq)}
            onMore={list.more}
            moreBusy={list.moreBusy}
            empty={
              <Empty icon={ClipboardList} title={t.none}>
                {t.noneHint}
              </Empty>
            }
          />
        ) : (
          <ErrorNote error={list.error} onRetry={list.refetch} />
        )}
      </Panel>
    </Page>
  )
}

function useColumns(): Column<Row>[] {
  const t = useText(text)
  return [
    {
      id: 'time',
      head: t.time,
      cell: ({ at }) => <Instant at={at} />,
    },
    { id: 'who', head: t.who, cell: ({ actor }) => (actor.kind === 'nobody' ? t.nobody : actor.name) },
    { id: 'action', head: t.action, cell: ({ action }) => <code className="text-xs">{action}</code> },
    { id: 'target', head: t.target, cell: ({ target }) => <code className="text-xs">{target ?? '—'}</code> },
    {
      id: 'outcome',
      head: t.outcome,
      cell: ({ outcome, code }) => (
        <Badge tone={outcome === 'done' ? 'ok' : 'warn'}>{outcome === 'done' ? t.done : (code ?? t.refused)}</Badge>
      ),
    },
    { id: 'change', head: t.change, cell: ({ before, after }) => (before === after ? t.same : t.yes) },
    { id: 'number', head: t.number, align: 'right', hidden: true, cell: ({ seq }) => seq },
    {
      id: 'request',
      head: t.request,
      hidden: true,
      cell: ({ request_id }) => <code className="text-xs">{request_id}</code>,
    },
    {
      id: 'hash',
      head: t.hash,
      hidden: true,
      cell: ({ hash }) => <code className="text-xs">{hash.slice(0, 16)}…</code>,
    },
  ]
}
