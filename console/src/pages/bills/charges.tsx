import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { buttonClass } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { Table, type Column } from '@paddock/webkit/ui/table.tsx'
import { Link } from '@tanstack/react-router'
import { Percent } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { text } from './text.ts'

type Rule = Answer<'bills.charges'>['items'][number]

/** What callers are charged for what requests cost. */
export function Charges() {
  const t = useText(text)
  const mayEdit = useMay('owner', 'admin')
  const charges = useAsk('bills.charges', {})
  const columns: Column<Rule>[] = [
    {
      id: 'for',
      head: t.rulesFor,
      cell: ({ organisation }) => organisation ?? <span className="text-ink-2">{t.everyone}</span>,
    },
    { id: 'rule', head: t.rule, cell: (rule) => ruleWords(rule, t) },
  ]
  const edit = mayEdit && (
    <Link to="/settings" className={buttonClass()}>
      {t.editRules}
    </Link>
  )
  return (
    <Panel flush title={t.tabs.charges} actions={charges.data?.items.length !== 0 && edit}>
      {charges.error === null ? (
        <Table
          name="charges"
          label={t.tabs.charges}
          columns={columns}
          rows={charges.data?.items}
          rowKey={({ organisation }) => organisation ?? ''}
          empty={
            <Empty icon={Percent} title={t.noRules} action={edit}>
              {t.noRulesHint}
            </Empty>
          }
        />
      ) : (
        <ErrorNote error={charges.error} onRetry={() => void charges.refetch()} />
      )}
    </Panel>
  )
}

function ruleWords({ free, price_of, add_percent }: Rule, t: (typeof text)['en']): string {
  if (free) return t.free
  if (price_of !== null) return t.atPriceOf(price_of)
  if (add_percent === null || Number(add_percent) === 0) return t.atCost
  return add_percent.startsWith('-') ? t.less(add_percent.slice(1)) : t.plus(add_percent)
}
