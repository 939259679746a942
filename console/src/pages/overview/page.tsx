import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { growth, Stat } from '@paddock/webkit/ui/stat.tsx'
import { getRouteApi } from '@tanstack/react-router'
import { useAsk } from '../../query.ts'
import { Page, TimeNote } from '../../shell/page.tsx'
import { SpanPicker } from '../../shell/span-picker.tsx'
import { answerTokens, promptTokens } from '../../tokens.ts'
import { useNow } from '../../use-now.ts'
import { useSpan } from '../../use-span.ts'
import { Breakdown } from './breakdown.tsx'
import { FirstRequest } from './first-request.tsx'
import { OverTime } from './over-time.tsx'
import { SavingsTile } from './savings-tile.tsx'
import { text } from './text.ts'
import { TimelinePanel } from './timeline.tsx'

const route = getRouteApi('/shell/')
const REFRESH_MS = 15_000

/** What happened lately: how much, what it cost, who it was, and whether all is well. */
export function OverviewPage() {
  const t = useText(text)
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { practice, isEmpty } = useNow()
  const query = { ...useSpan(search), practice: practice && 'true' }
  const overview = useAsk('overview.overview', { query }, { every: REFRESH_MS })
  const change = (part: Partial<typeof search>): void => void navigate({ search: (old) => ({ ...old, ...part }) })
  if (isEmpty)
    return (
      <Page title={t.title}>
        <FirstRequest />
      </Page>
    )
  return (
    <Page title={t.title} asOf={overview.data?.as_of} actions={<SpanPicker search={search} onChange={change} />}>
      <TimeNote />
      {overview.error !== null && <ErrorNote error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.data && <Health health={overview.data.health} />}
      <Tiles overview={overview.data} />
      <TimelinePanel query={query} overview={overview.data} search={search} onChange={change} />
      <OverTime query={query} search={search} onChange={change} />
      <div className="grid gap-4 xl:grid-cols-2">
        <Breakdown by="model" query={query} />
        <Breakdown by="key" query={query} />
      </div>
    </Page>
  )
}

type Overview = Answer<'overview.overview'>

function Tiles({ overview }: { readonly overview: Overview | undefined }) {
  const t = useText(text)
  const { compact, number, percent } = useFormat()
  const { now, before } = overview ?? {}
  const loading = now === undefined || before === undefined
  const tokens = now === undefined ? 0 : tokensOf(now)
  const savings = overview?.savings ?? null
  return (
    <div className={classNames('grid grid-cols-2 gap-3', savings === null ? 'lg:grid-cols-4' : 'lg:grid-cols-5')}>
      <Stat
        label={t.cost}
        loading={loading}
        value={<Monies of={now?.cost ?? []} />}
        note={now !== undefined && now.unpriced > 0 && t.unpriced(number(now.unpriced))}
      />
      <Stat
        label={t.requests}
        loading={loading}
        value={compact(now?.requests ?? 0)}
        title={number(now?.requests ?? 0)}
        change={growth(now?.requests, before?.requests)}
        note={
          overview !== undefined && overview.health.open_requests > 0 && t.open(number(overview.health.open_requests))
        }
      />
      <Stat
        label={t.tokens}
        loading={loading}
        value={compact(tokens)}
        title={number(tokens)}
        change={growth(tokens, before && tokensOf(before))}
      />
      <Stat
        label={t.failed}
        loading={loading}
        value={percent(now === undefined || now.requests === 0 ? 0 : now.failed / now.requests)}
        title={number(now?.failed ?? 0)}
        note={number(now?.failed ?? 0)}
      />
      {savings !== null && <SavingsTile of={savings} />}
    </div>
  )
}

function Health({ health }: { readonly health: Overview['health'] }) {
  const t = useText(text)
  const { number } = useFormat()
  if (!health.accepting) return <Note tone="bad" title={t.notAccepting(health.reason ?? '')} />
  if (health.drain_failing) return <Note tone="warn" title={t.drainFailing} />
  return health.undrained > 1000 ? <Note title={t.undrained(number(health.undrained))} /> : null
}

function tokensOf({ usage }: Overview['now']): number {
  return promptTokens(usage) + answerTokens(usage)
}
