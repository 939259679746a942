import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Instant } from '@paddock/webkit/ui/instant.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import type { Column } from '@paddock/webkit/ui/table.tsx'
import { answerTokens, promptTokens } from '../../tokens.ts'
import { StateBadge } from './state-badge.tsx'
import { text } from './text.ts'

type Row = Answer<'requests.list'>['items'][number]

/** What a list of requests shows of each. */
export function useRequestColumns(): Column<Row>[] {
  const t = useText(text)
  const { compact, number, duration } = useFormat()
  return [
    {
      id: 'time',
      head: t.time,
      cell: ({ at }) => <Instant at={at} />,
    },
    { id: 'state', head: t.state, cell: ({ state }) => <StateBadge state={state} /> },
    {
      id: 'model',
      head: t.model,
      cell: ({ provider, model }) => <span className="whitespace-nowrap">{`${provider}/${model}`}</span>,
    },
    { id: 'route', head: t.route, cell: ({ route }) => route ?? '—' },
    {
      id: 'key',
      head: t.key,
      cell: ({ key_name, key_id }) => <span className="block max-w-40 truncate">{key_name ?? key_id}</span>,
    },
    { id: 'team', head: t.team, hidden: true, cell: ({ team_name, team_id }) => team_name ?? team_id },
    { id: 'app', head: t.app, hidden: true, cell: ({ app }) => app ?? '—' },
    {
      id: 'input',
      head: t.input,
      align: 'right',
      cell: ({ usage }) => <span title={number(promptTokens(usage))}>{compact(promptTokens(usage))}</span>,
    },
    {
      id: 'output',
      head: t.output,
      align: 'right',
      cell: ({ usage }) => <span title={number(answerTokens(usage))}>{compact(answerTokens(usage))}</span>,
    },
    { id: 'cost', head: t.cost, align: 'right', cell: ({ cost }) => <Money of={cost} /> },
    { id: 'charge', head: t.charge, align: 'right', hidden: true, cell: ({ charge }) => <Money of={charge} /> },
    {
      id: 'first',
      head: t.firstByte,
      align: 'right',
      hidden: true,
      cell: ({ first_byte_ms }) => (first_byte_ms === null ? '—' : duration(first_byte_ms)),
    },
    { id: 'duration', head: t.duration, align: 'right', cell: ({ duration_ms }) => duration(duration_ms) },
  ]
}
