import { useText } from '@paddock/webkit/text/language.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { useAsk } from '../../query.ts'
import { useWho } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { Tabs, type Tab } from '../../shell/tabs.tsx'
import { Book } from './book.tsx'
import { Changes } from './changes.tsx'
import { Overrides } from './overrides.tsx'
import { Proposals } from './proposals.tsx'
import { RowDrawer } from './row-drawer.tsx'
import { TABS, type PricesSearch } from './search.ts'
import { text } from './text.ts'

const route = getRouteApi('/shell/prices')

const PARTS = { book: Book, changes: Changes, proposals: Proposals, overrides: Overrides } as const

/** What models cost, cost once and will cost; who says so; and what has changed. */
export function PricesPage() {
  const t = useText(text)
  const { installation } = useWho()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<PricesSearch>): void =>
    void navigate({ search: (old) => ({ ...old, ...part }), resetScroll: false })
  const open = useAsk('price_proposals.list', { query: { status: 'open' } }, { when: installation })
  // Proposals and overrides are decided for all organisations at once, by the first.
  const names = TABS.filter((name) => installation || name === 'book' || name === 'changes')
  const tab = names.find((name) => name === search.tab) ?? 'book'
  const tabs = names.map((name): Tab => ({
    id: name,
    label: t.tabs[name],
    count: name === 'proposals' ? open.data?.items.length : undefined,
    link: { to: '/prices', search: name === 'book' ? {} : { tab: name } },
  }))
  const Part = PARTS[tab]
  return (
    <Page title={t.title} hint={t.hints[tab]}>
      <Tabs label={t.title} tabs={tabs} current={tab} />
      <Part search={search} onChange={change} />
      <RowDrawer search={search} onChange={change} />
    </Page>
  )
}
