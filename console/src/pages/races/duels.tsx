import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { CheckField, FilterField } from '@paddock/webkit/ui/field.tsx'
import { Instant } from '@paddock/webkit/ui/instant.tsx'
import { Monies, Money } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Swords } from 'lucide-react'
import { usePages } from '../../query.ts'
import { DuelReplay } from './duel.tsx'
import { Signals, type Duel } from './signals.tsx'
import { ModelName } from './model-name.tsx'
import { answerTokens, promptTokens } from '../../tokens.ts'
import { text } from './trial-text.ts'
import type { ChangeSearch, RacesSearch } from './search.ts'

type DuelsProps = {
  readonly race: Answer<'races.list'>['items'][number]
  readonly search: RacesSearch
  readonly onChange: ChangeSearch
}

const ROWS = 20

/** The single trials, newest first. One opens at the side, and arrow keys step to the next. */
export function Duels({ race, search: { arm, rated, duel }, onChange }: DuelsProps) {
  const t = useText(text)
  const list = usePages('races.duels', { params: { id: race.id }, query: { arm, rated: rated && 'true', limit: ROWS } })
  const columns = useColumns()
  const arms = [race.champion, ...race.challengers]
  return (
    <Panel
      flush
      title={t.duels}
      hint={t.duelsHint}
      actions={
        <div className="flex flex-wrap items-center gap-3">
          <CheckField
            label={t.ratedOnly}
            checked={rated === true}
            onChange={({ target: { checked } }) => onChange({ rated: checked ? true : undefined })}
          />
          <FilterField
            label={t.arm}
            any={t.anyArm}
            value={arm}
            options={arms.map((value) => ({ value, label: value }))}
            onChange={(picked) => onChange({ arm: picked })}
          />
        </div>
      }
    >
      {list.error === null ? (
        <Table
          name="duels"
          label={t.duels}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          onOpen={({ id }) => onChange({ duel: id })}
          onMore={list.more}
          moreBusy={list.moreBusy}
          empty={
            <Empty icon={Swords} title={t.noDuels}>
              {t.noDuelsHint}
            </Empty>
          }
        />
      ) : (
        <ErrorNote error={list.error} onRetry={list.refetch} />
      )}
      <DuelReplay duels={list.rows ?? []} shown={duel} onShow={(next) => onChange({ duel: next })} onMore={list.more} />
    </Panel>
  )
}

function useColumns(): Column<Duel>[] {
  const t = useText(text)
  const { duration, number } = useFormat()
  const first = ({ answers }: Duel): Duel['answers'][number] | undefined => answers.at(-1)
  return [
    {
      id: 'at',
      head: t.time,
      cell: ({ at }) => <Instant at={at} />,
    },
    { id: 'arm', head: t.arm, cell: ({ arm }) => <ModelName of={arm} /> },
    { id: 'signal', head: t.signal, cell: (duel) => <Signals of={duel} /> },
    {
      id: 'tokens',
      head: t.tokens,
      align: 'right',
      cell: (duel) => {
        const usage = first(duel)?.usage
        return usage ? `${number(promptTokens(usage))} → ${number(answerTokens(usage))}` : '—'
      },
    },
    {
      id: 'took',
      head: t.took,
      align: 'right',
      cell: (duel) => {
        const answer = first(duel)
        return answer ? duration(answer.duration_ms) : '—'
      },
    },
    {
      id: 'cost',
      head: t.cost,
      align: 'right',
      cell: ({ answers }) => {
        const [one, other] = answers
        if (!other) return <Money of={one?.cost ?? null} />
        return <Monies of={answers.flatMap(({ cost }) => (cost ? [cost] : []))} />
      },
    },
  ]
}
