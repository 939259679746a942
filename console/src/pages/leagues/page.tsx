import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { Page, TimeNote } from '../../shell/page.tsx'
import { Tabs } from '../../shell/tabs.tsx'
import { useNow } from '../../use-now.ts'
import { Activity } from './activity.tsx'
import { Channels } from './channels.tsx'
import { useDays, type Days } from './days.ts'
import { Retention, RETENTION_DAYS } from './retention.tsx'
import { TABS, type LeaguesSearch, type Tab } from './search.ts'
import { Standings } from './standings.tsx'
import { text } from './text.ts'

const route = getRouteApi('/shell/leagues')

export type TabProps = {
  readonly search: LeaguesSearch
  readonly days: Days
  /** From this day on, numbers are not whole yet. */
  readonly openFrom: string
  /** It is known which days to ask for. */
  readonly ready: boolean
  readonly onChange: (part: Partial<LeaguesSearch>) => void
}

const VIEWS = { standings: Standings, activity: Activity, retention: Retention, channels: Channels } as const

/** Who uses what, how much, how often they come again, and what a new one costs. */
export function LeaguesPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { practice } = useNow()
  const { tab = 'standings', period = 7 } = search
  const { days, openFrom, ready } = useDays(search, tab === 'retention' ? RETENTION_DAYS[period] : undefined)
  const change = (part: Partial<LeaguesSearch>): void => void navigate({ search: (old) => ({ ...old, ...part }) })
  const View = VIEWS[tab]
  return (
    <Page
      title={t.title}
      hint={t.hint}
      actions={
        <DaysFields days={days} isOwn={search.from !== undefined || search.to !== undefined} onChange={change} />
      }
    >
      {practice === undefined && <TimeNote />}
      <Tabs
        label={t.title}
        current={tab}
        tabs={TABS.map((id) => ({ id, label: t.tabs[id], link: linkTo(id, search) }))}
      />
      <View search={search} days={days} openFrom={openFrom} ready={ready} onChange={change} />
    </Page>
  )
}

function linkTo(tab: Tab, search: LeaguesSearch) {
  const { by, from, to, period } = search
  return { to: '/leagues', search: { tab: tab === 'standings' ? undefined : tab, by, from, to, period } } as const
}

type DaysFieldsProps = {
  readonly days: Days
  readonly isOwn: boolean
  readonly onChange: (part: Partial<LeaguesSearch>) => void
}

/** While a year is typed, its first digits are a year too. */
const YEARS_SINCE = '2000'

function DaysFields({ days, isOwn, onChange }: DaysFieldsProps) {
  const t = useText(text)
  const take = (name: 'from' | 'to', value: string): void => {
    if (value >= YEARS_SINCE) onChange({ from: days.from, to: days.last, [name]: value })
  }
  return (
    <div className="flex flex-wrap items-end gap-2">
      {isOwn && (
        <Button kind="quiet" onClick={() => onChange({ from: undefined, to: undefined })}>
          {t.latest}
        </Button>
      )}
      <div className="flex items-end gap-2">
        <TextField
          quiet
          type="date"
          label={t.from}
          className="w-36"
          key={`from ${days.from}`}
          defaultValue={days.from}
          max={days.last}
          onChange={({ target: { value } }) => take('from', value)}
        />
        <span aria-hidden className="flex h-8 items-center text-ink-3 pointer-coarse:h-10">
          –
        </span>
        <TextField
          quiet
          type="date"
          label={t.to}
          className="w-36"
          key={`to ${days.last}`}
          defaultValue={days.last}
          min={days.from}
          onChange={({ target: { value } }) => take('to', value)}
        />
      </div>
    </div>
  )
}
