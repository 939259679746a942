import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { useAsk } from '../../query.ts'
import { useReason } from '../../race-reasons.ts'
import { Page } from '../../shell/page.tsx'
import { BackToRaces } from './back.tsx'
import { Course } from './course.tsx'
import { Duels } from './duels.tsx'
import { Gates } from './gates.tsx'
import { Against } from './model-name.tsx'
import { PlanFacts } from './plan-facts.tsx'
import { RaceActions } from './race-actions.tsx'
import { RaceTiles } from './race-tiles.tsx'
import { text as raceText } from './race-text.ts'
import type { ChangeSearch, RacesSearch } from './search.ts'
import { Shares } from './shares.tsx'
import { OPEN_STATES, StateBadge } from './state.tsx'
import { text } from './text.ts'
import { Verdicts } from './verdicts.tsx'

const REFRESH_MS = 15_000

type RacePageProps = { readonly id: string; readonly search: RacesSearch; readonly onChange: ChangeSearch }

/** One race: what is known of it, why it was decided as it was, and what one may do about it. */
export function RacePage({ id, search, onChange }: RacePageProps) {
  const t = useText(text)
  // What has ended stays as it is.
  const found = useAsk(
    'races.find',
    { params: { id } },
    { every: (told) => (told && OPEN_STATES.includes(told.race.state) ? REFRESH_MS : undefined) },
  )
  const detail = found.data?.race.id === id ? found.data : undefined
  return (
    <Page
      title={detail?.race.route ?? t.race}
      hint={detail && <Head of={detail} />}
      actions={
        <>
          <BackToRaces />
          {detail && <RaceActions of={detail} />}
        </>
      }
    >
      {found.error !== null && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {detail ? <Whole of={detail} search={search} onChange={onChange} /> : found.error === null && <Waiting />}
    </Page>
  )
}

type Detail = Answer<'races.find'>

function Head({ of: { race } }: { readonly of: Detail }) {
  const t = useText(text)
  const { moment, exactMoment } = useFormat()
  return (
    <span className="flex flex-col gap-1">
      <Against wraps champion={race.champion} challengers={race.challengers} />
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-3">
        <StateBadge state={race.state} />
        <Badge>{t.modes[race.mode]}</Badge>
        <time title={exactMoment(race.started_at)}>{moment(race.started_at)}</time>
        {race.ended_at !== null && <time title={exactMoment(race.ended_at)}>– {moment(race.ended_at)}</time>}
      </span>
    </span>
  )
}

type WholeProps = { readonly of: Detail; readonly search: RacesSearch; readonly onChange: ChangeSearch }

function Whole({ of, search, onChange }: WholeProps) {
  const t = useText(text)
  const r = useText(raceText)
  const reasonOf = useReason()
  const { race, challengers } = of
  const shown = challengers.find(({ model }) => model === search.challenger) ?? challengers[0]
  const isOpen = OPEN_STATES.includes(race.state)
  return (
    <>
      {race.reason !== null && <Note title={r.why}>{reasonOf(race.reason)}</Note>}
      {of.shares_are_off && <Note tone="bad" title={r.sharesOff} />}
      {isOpen && of.holds.length > 0 && (
        <Note tone="warn" title={r.holds}>
          {of.holds.map((hold) => reasonOf(hold)).join(' · ')}
        </Note>
      )}
      <RaceTiles of={of} shown={shown} />
      {challengers.length > 1 && shown && (
        <div className="overflow-x-auto">
          <Segments
            label={t.challenger}
            value={shown.model}
            onChange={(challenger) => onChange({ challenger })}
            options={challengers.map(({ model }) => ({ value: model, label: model }))}
          />
        </div>
      )}
      {shown && (
        <div className="grid gap-4 xl:grid-cols-2">
          <Course of={of} challenger={shown.model} />
          <Gates of={of} challenger={shown} />
        </div>
      )}
      <div className="grid gap-4 xl:grid-cols-2">
        <Shares of={of} />
        <Panel title={t.plan} hint={r.frozen}>
          <PlanFacts plan={of.plan} mode={race.mode} auto={race.auto} />
          <p className="mt-3 text-xs text-ink-3">
            {r.config} <code title={of.plan.config_sha256}>{of.plan.config_sha256.slice(0, 16)}…</code>
          </p>
        </Panel>
      </div>
      <Verdicts race={race.id} />
      <Duels race={race} search={search} onChange={onChange} />
    </>
  )
}

function Waiting() {
  return (
    <>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {Array.from({ length: 4 }, (_, place) => (
          <Skeleton key={place} className="h-24" />
        ))}
      </div>
      <div className="grid gap-4 xl:grid-cols-2">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    </>
  )
}
