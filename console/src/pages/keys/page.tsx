import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useAsk } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { Tabs } from '../../shell/tabs.tsx'
import { BudgetDialog } from './budget-dialog.tsx'
import { Budgets } from './budgets.tsx'
import { budgetsText } from './budgets-text.ts'
import { CreateDialog } from './create-dialog.tsx'
import { Keys } from './keys.tsx'
import { TABS, type KeysSearch } from './search.ts'
import { text } from './text.ts'

const route = getRouteApi('/shell/keys')

/** Who may call, how much at once, and for how much money. */
export function KeysPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<KeysSearch>): void =>
    void navigate({ search: (old) => ({ ...old, ...part }), resetScroll: false })
  const tab = search.tab ?? 'keys'
  const Part = tab === 'keys' ? Keys : Budgets
  return (
    <Page title={t.title} hint={t.hint} actions={<MakeButton tab={tab} onMake={() => change({ make: true })} />}>
      <Tabs
        label={t.title}
        current={tab}
        tabs={TABS.map((id) => ({
          id,
          label: t.tabs[id],
          link: { to: '/keys', search: id === 'keys' ? {} : { tab: id } },
        }))}
      />
      <Part search={search} onChange={change} />
      <Making search={search} onClose={() => change({ make: undefined })} />
    </Page>
  )
}

type Tab = (typeof TABS)[number]

function MakeButton({ tab, onMake }: { readonly tab: Tab; readonly onMake: () => void }) {
  const t = useText(text)
  const budgets = useText(budgetsText)
  const mayKeys = useMay('owner', 'admin', 'developer')
  const mayBudgets = useMay('owner', 'admin', 'billing')
  const [may, words, refusal] =
    tab === 'keys' ? [mayKeys, t.newKey, t.mayNotMake] : [mayBudgets, budgets.make, budgets.mayNot]
  return (
    <Button kind="primary" icon={Plus} disabled={!may} title={may ? undefined : refusal} onClick={onMake}>
      {words}
    </Button>
  )
}

/** The dialog that makes one, of the kind whose list is shown. */
function Making({ search, onClose }: { readonly search: KeysSearch; readonly onClose: () => void }) {
  const mayKeys = useMay('owner', 'admin', 'developer')
  const mayBudgets = useMay('owner', 'admin', 'billing')
  const teams = useAsk('people.teams', {}, { when: search.team !== undefined })
  if (search.make !== true) return null
  if (search.tab === 'budgets') return mayBudgets ? <BudgetDialog budget={null} onClose={onClose} /> : null
  const team = teams.data?.items.find(({ id }) => id === search.team)?.name ?? ''
  return mayKeys ? <CreateDialog team={team} onClose={onClose} /> : null
}
