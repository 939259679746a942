import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import type { Column } from '@paddock/webkit/ui/table.tsx'
import { Link } from '@tanstack/react-router'
import { useClock } from '../../use-now.ts'
import { BudgetBar } from './budget-bar.tsx'
import { budgetsText } from './budgets-text.ts'
import { fillOf, type Budget } from './used.ts'
import { useWindowWords } from './words.ts'

/** What a list of budgets shows of each. */
export function useBudgetColumns(): Column<Budget>[] {
  const t = useText(budgetsText)
  const { exactMoment, ago, percent } = useFormat()
  const now = useClock()
  const windowWords = useWindowWords()
  return [
    {
      id: 'whose',
      head: t.whose,
      cell: (budget) => <Whose of={budget} />,
      sort: ({ scope, name }) => `${scope} ${name}`,
    },
    {
      id: 'used',
      head: t.used,
      cell: (budget) => {
        const { spent, held } = fillOf(budget)
        return (
          <span className="flex items-center gap-2">
            <BudgetBar budget={budget} />
            <span className="w-12 text-right text-xs">{percent(spent + held)}</span>
          </span>
        )
      },
      sort: (budget) => fillOf(budget).spent + fillOf(budget).held,
    },
    { id: 'spent', head: t.spent, align: 'right', cell: ({ spent }) => <Money of={spent} /> },
    { id: 'held', head: t.held, align: 'right', cell: ({ held }) => <Money of={held} /> },
    { id: 'left', head: t.left, align: 'right', cell: ({ left }) => <Money of={left} /> },
    {
      id: 'limit',
      head: t.limit,
      align: 'right',
      cell: ({ limit }) => (
        <span className="font-medium">
          <Money of={limit} />
        </span>
      ),
    },
    {
      id: 'window',
      head: t.window,
      cell: ({ window, zone }) => (
        <span title={zone} className="whitespace-nowrap">
          {windowWords(window)}
        </span>
      ),
    },
    {
      id: 'restarts',
      head: t.restarts,
      cell: ({ until }) =>
        until === null ? (
          <span className="text-ink-3">{t.rolls}</span>
        ) : (
          <time dateTime={until} title={exactMoment(until)} className="whitespace-nowrap">
            {ago(until, now)}
          </time>
        ),
    },
    {
      id: 'kind',
      head: t.kind,
      cell: ({ hard }) => <Badge tone={hard ? 'plain' : 'accent'}>{hard ? t.hard : t.soft}</Badge>,
    },
    { id: 'place', head: t.setIn, hidden: true, cell: ({ set_in }) => t.places[set_in] },
  ]
}

function Whose({ of: { scope, id, name } }: { readonly of: Budget }) {
  const t = useText(budgetsText)
  return (
    <span className="flex flex-col leading-tight">
      <span className="max-w-32 truncate font-medium sm:max-w-44" title={name}>
        {scope === 'key' ? (
          <Link to="/keys" search={{ key: id }} className="text-link hover:underline">
            {name}
          </Link>
        ) : scope === 'team' ? (
          <Link to="/keys" search={{ team: id }} className="text-link hover:underline">
            {name}
          </Link>
        ) : scope === 'model' ? (
          <Link to="/requests" search={{ model: name }} className="text-link hover:underline">
            {name}
          </Link>
        ) : (
          name
        )}
      </span>
      <span className="text-xs text-ink-3">{t.scopes[scope]}</span>
    </span>
  )
}
