import { csvAddress } from '@paddock/webkit/api/call.ts'
import { useLiveRequests } from '@paddock/webkit/api/use-live.ts'
import type { Answer, Ask } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, buttonClass } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Table } from '@paddock/webkit/ui/table.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { Download, ListTree, Radio } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { usePages } from '../../query.ts'
import { Page, TimeNote } from '../../shell/page.tsx'
import { SpanPicker } from '../../shell/span-picker.tsx'
import { useSpan } from '../../use-span.ts'
import { useRequestColumns } from './columns.tsx'
import { RequestDrawer } from './drawer.tsx'
import { Filters } from './filters.tsx'
import type { requestsSearch } from './search.ts'
import { text } from './text.ts'

const route = getRouteApi('/shell/requests')

type SearchOf = ReturnType<typeof requestsSearch>
type ListProps = {
  readonly search: SearchOf
  readonly tools: ReactNode
  readonly onOpen: (request: string) => void
}

/** Every request, as a list with filters or as they end; one opens at the side. */
export function RequestsPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<SearchOf>): void => void navigate({ search: (old) => ({ ...old, ...part }) })
  const open = (request: string): void => change({ request })
  const filters = <Filters search={search} onChange={change} />
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={
        <>
          <Segments
            label={t.title}
            value={search.live ? 'live' : 'list'}
            onChange={(value) => change({ live: value === 'live' ? true : undefined })}
            options={[
              { value: 'list', label: t.list },
              { value: 'live', label: t.live },
            ]}
          />
          {!search.live && (
            <>
              <SpanPicker search={search} onChange={change} />
              <Export search={search} />
            </>
          )}
        </>
      }
    >
      <TimeNote />
      <Panel flush>
        {search.live ? (
          <Live search={search} tools={filters} onOpen={open} />
        ) : (
          <List search={search} tools={filters} onOpen={open} onClear={() => void navigate({ search: {} })} />
        )}
      </Panel>
      <RequestDrawer id={search.request} onClose={() => change({ request: undefined })} />
    </Page>
  )
}

/** What the address narrows the list to. */
function useListAsk(search: SearchOf): Ask<'requests.list'> {
  const { model, key, state, provider, route: routeName, team } = search
  return { query: { ...useSpan(search), model, key, state, provider, route: routeName, team } }
}

function Export({ search }: { readonly search: SearchOf }) {
  const t = useText(text)
  return (
    <a download href={csvAddress('requests.list', useListAsk(search))} title={t.csvHint} className={buttonClass()}>
      <Download size={14} aria-hidden />
      {t.csv}
    </a>
  )
}

function List({ search, tools, onOpen, onClear }: ListProps & { readonly onClear: () => void }) {
  const t = useText(text)
  const list = usePages('requests.list', useListAsk(search))
  const columns = useRequestColumns()
  if (list.error !== null) return <ErrorNote error={list.error} onRetry={list.refetch} />
  return (
    <Table
      name="requests"
      label={t.title}
      chooseColumns
      tools={tools}
      columns={columns}
      rows={list.rows}
      rowKey={({ id }) => id}
      onOpen={({ id }) => onOpen(id)}
      onMore={list.more}
      moreBusy={list.moreBusy}
      empty={
        <Empty icon={ListTree} title={t.none} action={<Button onClick={onClear}>{t.clear}</Button>}>
          {t.noneHint}
        </Empty>
      }
    />
  )
}

const LIVE_ROWS = 200

function Live({ search, tools, onOpen }: ListProps) {
  const t = useText(text)
  const [rows, setRows] = useState<readonly Answer<'requests.live'>[]>([])
  const state = useLiveRequests({ query: { key: search.key } }, (request) =>
    setRows((old) => [request, ...old].slice(0, LIVE_ROWS)),
  )
  const columns = useRequestColumns()
  const shown = rows.filter((row) => isWanted(row, search))
  return (
    <>
      <p role="status" className="flex items-center gap-2 px-4 pb-2 text-xs text-ink-3">
        <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
        {{ connecting: t.liveOpening, open: t.liveWaiting, lost: t.liveLost }[state]}
      </p>
      <Table
        name="requests"
        label={t.live}
        tools={tools}
        columns={columns}
        rows={shown}
        rowKey={({ id }) => id}
        onOpen={({ id }) => onOpen(id)}
        empty={
          <Empty icon={Radio} title={t.liveWaiting}>
            {t.paused}
          </Empty>
        }
      />
    </>
  )
}

function isWanted(
  { model, provider, state, route: name, team_id }: Answer<'requests.live'>,
  search: SearchOf,
): boolean {
  const isModel = search.model === undefined || search.model === model || search.model === `${provider}/${model}`
  const is = (wanted: string | undefined, found: string | null): boolean => wanted === undefined || wanted === found
  return (
    isModel &&
    is(search.state, state) &&
    is(search.provider, provider) &&
    is(search.route, name) &&
    is(search.team, team_id)
  )
}
