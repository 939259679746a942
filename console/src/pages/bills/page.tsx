import { useText } from '@paddock/webkit/text/language.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { useWho } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { Tabs } from '../../shell/tabs.tsx'
import { Charges } from './charges.tsx'
import { Invoices } from './invoices.tsx'
import { Reconciliation } from './reconciliation.tsx'
import { TABS, type BillsSearch } from './search.ts'
import { text } from './text.ts'

const route = getRouteApi('/shell/bills')

const PARTS = { invoices: Invoices, reconciliation: Reconciliation, charges: Charges } as const

/** What callers owe us, and whether what providers want from us is right. */
export function BillsPage() {
  const t = useText(text)
  const { installation } = useWho()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<BillsSearch>): void =>
    void navigate({ search: (old) => ({ ...old, ...part }), resetScroll: false })
  // What providers are owed, and the rules of what is charged, are of the whole installation.
  const names = TABS.filter((name) => installation || name === 'invoices')
  const tab = names.find((name) => name === search.tab) ?? 'invoices'
  const Part = PARTS[tab]
  return (
    <Page title={t.title} hint={t.hints[tab]}>
      {names.length > 1 && (
        <Tabs
          label={t.title}
          current={tab}
          tabs={names.map((id) => ({
            id,
            label: t.tabs[id],
            link: { to: '/bills', search: id === 'invoices' ? {} : { tab: id } },
          }))}
        />
      )}
      <Part search={search} onChange={change} />
    </Page>
  )
}
