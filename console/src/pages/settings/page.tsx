import { useText } from '@paddock/webkit/text/language.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { useMay } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { Tabs } from '../../shell/tabs.tsx'
import { ConfigFile } from './config-file.tsx'
import { Doctor } from './doctor.tsx'
import { InForce } from './in-force.tsx'
import { TABS } from './search.ts'
import { text } from './text.ts'

const route = getRouteApi('/shell/settings')

const PARTS = { file: ConfigFile, force: InForce, doctor: Doctor } as const

/** What the operator decided, what counts now, and whether all is there. */
export function SettingsPage() {
  const t = useText(text)
  const search = route.useSearch()
  const mayEdit = useMay('owner', 'admin')
  const names = TABS.filter((name) => mayEdit || name !== 'file')
  const tab = names.find((name) => name === search.tab) ?? names[0] ?? 'force'
  const Part = PARTS[tab]
  return (
    <Page title={t.title} hint={t.hints[tab]}>
      <Tabs
        label={t.title}
        current={tab}
        tabs={names.map((id) => ({ id, label: t.tabs[id], link: { to: '/settings', search: { tab: id } } }))}
      />
      <Part />
    </Page>
  )
}
