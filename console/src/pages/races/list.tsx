import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { FilterField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table } from '@paddock/webkit/ui/table.tsx'
import { Flag, FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { useAsk, usePages } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { Page, TimeNote } from '../../shell/page.tsx'
import { useRaceColumns } from './columns.tsx'
import { DatasetDialog } from './dataset-dialog.tsx'
import { Datasets } from './datasets.tsx'
import { Proposals } from './proposals.tsx'
import { STATES, type ChangeSearch, type RacesSearch } from './search.ts'
import { StartDialog } from './start-dialog.tsx'
import type { Starting } from './start-form.ts'
import { text } from './text.ts'

/** Each row asks for its evidence by itself, so pages are short. */
const ROWS = 20

type ListProps = { readonly search: RacesSearch; readonly onChange: ChangeSearch }

/** What fallen prices propose, the races on routes, and those on the practice data. */
export function RaceList({ search, onChange }: ListProps) {
  const t = useText(text)
  const mayAct = useMay('owner', 'admin', 'developer')
  const [starting, setStarting] = useState<Starting | null>(null)
  const [isOnData, setOnData] = useState(false)
  const start = mayAct ? setStarting : undefined
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={
        mayAct && (
          <>
            <Button icon={FlaskConical} onClick={() => setOnData(true)}>
              {t.startDataset}
            </Button>
            <Button kind="primary" icon={Flag} onClick={() => setStarting({})}>
              {t.start}
            </Button>
          </>
        )
      }
    >
      <TimeNote />
      <Proposals onStart={start} />
      <Races search={search} onChange={onChange} onStart={start} />
      <Datasets onOpen={(dataset) => onChange({ dataset })} />
      {starting !== null && (
        <StartDialog from={starting} onClose={() => setStarting(null)} onStarted={(race) => onChange({ race })} />
      )}
      {isOnData && <DatasetDialog onClose={() => setOnData(false)} onStarted={(dataset) => onChange({ dataset })} />}
    </Page>
  )
}

type RacesProps = ListProps & { readonly onStart: ((from: Starting) => void) | undefined }

function Races({ search: { state, route }, onChange, onStart }: RacesProps) {
  const t = useText(text)
  const list = usePages('races.list', { query: { limit: ROWS, state, route } })
  const columns = useRaceColumns()
  if (list.error !== null) return <ErrorNote error={list.error} onRetry={list.refetch} />
  const isFiltered = state !== undefined || route !== undefined
  return (
    <Panel
      flush
      title={t.onRoutes}
      hint={t.onRoutesHint}
      actions={<Filters search={{ state, route }} onChange={onChange} />}
    >
      <Table
        name="races"
        label={t.onRoutes}
        columns={columns}
        rows={list.rows}
        rowKey={({ id }) => id}
        onOpen={({ id }) => onChange({ race: id })}
        onMore={list.more}
        moreBusy={list.moreBusy}
        empty={
          isFiltered ? (
            <Empty
              icon={Flag}
              title={t.noneSuch}
              action={<Button onClick={() => onChange({ state: undefined, route: undefined })}>{t.clear}</Button>}
            />
          ) : (
            <Empty
              icon={Flag}
              title={t.none}
              action={onStart && <Button onClick={() => onStart({})}>{t.start}</Button>}
            >
              {t.noneHint}
            </Empty>
          )
        }
      />
    </Panel>
  )
}

/** All of it stands in the address. */
function Filters({ search: { state, route }, onChange }: ListProps) {
  const t = useText(text)
  const routes = useAsk('routes.list', {})
  const names = (routes.data?.items ?? []).map(({ name }) => name)
  // A route that is gone may still have races, and a link to them.
  const all = route === undefined || names.includes(route) ? names : [route, ...names]
  return (
    <div className="flex flex-wrap gap-2">
      <FilterField
        label={t.state}
        any={t.anyState}
        value={state}
        options={STATES.map((value) => ({ value, label: t.states[value] }))}
        onChange={(picked) => onChange({ state: picked })}
      />
      <FilterField
        label={t.route}
        any={t.anyRoute}
        value={route}
        options={all.map((value) => ({ value, label: value }))}
        onChange={(picked) => onChange({ route: picked })}
      />
    </div>
  )
}
