import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { FilterField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { KeyRound } from 'lucide-react'
import { useAsk, usePages } from '../../query.ts'
import { BudgetBar } from './budget-bar.tsx'
import { KeyDrawer } from './key-drawer.tsx'
import { STATES, type PartProps } from './search.ts'
import { KeyStateBadge } from './state-badge.tsx'
import { text } from './text.ts'
import { budgetsOfKey } from './used.ts'
import { useLimitWords } from './words.ts'

export type Key = Answer<'keys.list'>['items'][number]

/** Every key; one opens at the side. */
export function Keys({ search, onChange }: PartProps) {
  const t = useText(text)
  const { team, state } = search
  const list = usePages('keys.list', { query: { team, state } })
  const columns = useKeyColumns()
  const isFiltered = team !== undefined || state !== undefined
  return (
    <>
      <Panel flush>
        {list.error === null ? (
          <Table
            name="keys"
            label={t.tabs.keys}
            chooseColumns
            tools={<Filters search={search} onChange={onChange} />}
            columns={columns}
            rows={list.rows}
            rowKey={({ id }) => id}
            onOpen={({ id }) => onChange({ key: id })}
            onMore={list.more}
            moreBusy={list.moreBusy}
            empty={
              <Empty
                icon={KeyRound}
                title={isFiltered ? t.noneFits : t.none}
                action={
                  isFiltered && (
                    <Button onClick={() => onChange({ team: undefined, state: undefined })}>{t.clear}</Button>
                  )
                }
              >
                {isFiltered ? undefined : t.noneHint}
              </Empty>
            }
          />
        ) : (
          <ErrorNote error={list.error} onRetry={list.refetch} />
        )}
      </Panel>
      <KeyDrawer id={search.key} onClose={() => onChange({ key: undefined })} />
    </>
  )
}

function Filters({ search, onChange }: PartProps) {
  const t = useText(text)
  const teams = useAsk('people.teams', {})
  return (
    <div className="grid grid-cols-2 gap-2 sm:w-96">
      <FilterField
        label={t.team}
        any={t.anyTeam}
        value={search.team}
        options={(teams.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(team) => onChange({ team })}
      />
      <FilterField
        label={t.state}
        any={t.anyState}
        value={search.state}
        options={STATES.map((value) => ({ value, label: t.states[value] }))}
        onChange={(state) => onChange({ state })}
      />
    </div>
  )
}

function useKeyColumns(): Column<Key>[] {
  const t = useText(text)
  const limitWords = useLimitWords()
  const budgets = useAsk('budgets.list', { query: { scope: 'key' } })
  return [
    {
      id: 'name',
      head: t.name,
      cell: ({ name }) => (
        <span className="block max-w-48 truncate font-medium" title={name}>
          {name}
        </span>
      ),
    },
    { id: 'state', head: t.state, cell: ({ state }) => <KeyStateBadge state={state} /> },
    {
      id: 'public',
      head: t.publicPart,
      hidden: true,
      cell: ({ public_part }) => <code className="text-xs">{public_part}…</code>,
    },
    { id: 'team', head: t.team, cell: ({ team }) => <span className="block max-w-32 truncate">{team}</span> },
    { id: 'user', head: t.user, hidden: true, cell: ({ user }) => user ?? '—' },
    {
      id: 'scopes',
      head: t.scopesHead,
      cell: ({ scopes }) => (
        <span className="whitespace-nowrap">{scopes.map((scope) => t.scopes[scope]).join(' · ')}</span>
      ),
    },
    { id: 'models', head: t.models, cell: ({ models }) => <Models models={models} /> },
    {
      id: 'limits',
      head: t.limitsHead,
      cell: ({ limits }) => {
        const words = limitWords(limits)
        return words.length === 0 ? (
          <span className="text-ink-3">—</span>
        ) : (
          <span className="block max-w-40 truncate" title={words.join('\n')}>
            {words.join(' · ')}
          </span>
        )
      },
    },
    {
      id: 'budget',
      head: t.budget,
      cell: ({ id }) => {
        const [fullest] = budgetsOfKey(budgets.data?.items ?? [], id)
        return fullest === undefined ? <span className="text-ink-3">—</span> : <BudgetBar budget={fullest} words />
      },
    },
    { id: 'expires', head: t.expires, align: 'right', cell: ({ expires_at }) => <Day at={expires_at} /> },
    { id: 'created', head: t.created, align: 'right', cell: ({ created_at }) => <Day at={created_at} /> },
  ]
}

function Models({ models }: Pick<Key, 'models'>) {
  const t = useText(text)
  const { number } = useFormat()
  if (models === null) return <span className="text-ink-3">{t.allModels}</span>
  return (
    <span className="block max-w-32 truncate" title={models.join('\n')}>
      {models.length === 1 ? models[0] : t.modelCount(number(models.length))}
    </span>
  )
}

/** Null: never. */
function Day({ at }: { readonly at: string | null }) {
  const t = useText(text)
  const { day, exactMoment } = useFormat()
  if (at === null) return <span className="text-ink-3">{t.never}</span>
  return <time title={exactMoment(at)}>{day(at)}</time>
}
