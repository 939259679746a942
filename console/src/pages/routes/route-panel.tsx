import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { Link } from '@tanstack/react-router'
import { Flag } from 'lucide-react'
import { Candidates } from './candidates.tsx'
import { reasonIn, reasonText } from './reasons.ts'
import { text } from './text.ts'

export type Route = Answer<'routes.list'>['items'][number]

type RoutePanelProps = {
  readonly route: Route
  readonly onExplain: () => void
  /** Left out where the one who looks may not ask a model. */
  readonly onTest: (() => void) | undefined
}

/** One route: how it chooses, what leads, its candidates in order, and those that cannot be called. */
export function RoutePanel({ route, onExplain, onTest }: RoutePanelProps) {
  const t = useText(text)
  const { name, strategy, sticky, attempts_max } = route
  const hint = [t.strategyHints[strategy], t.attempts(attempts_max), sticky ? t.sticky : t.notSticky].join(' · ')
  return (
    <Panel
      flush
      title={
        <span className="flex flex-wrap items-center gap-2">
          {name}
          <Badge>{t.strategies[strategy]}</Badge>
        </span>
      }
      hint={hint}
      actions={
        <div className="flex flex-wrap items-center gap-2">
          <LastDay route={route} />
          <Button small onClick={onExplain} aria-label={`${t.explain} ${name}`}>
            {t.explain}
          </Button>
          {onTest && (
            <Button small onClick={onTest} aria-label={`${t.test} ${name}`}>
              {t.test}
            </Button>
          )}
        </div>
      }
    >
      {route.lead && <Lead lead={route.lead} />}
      <Candidates route={route} />
      <Missing missing={route.missing} />
    </Panel>
  )
}

function LastDay({ route: { name, last_day } }: { readonly route: Route }) {
  const t = useText(text)
  const { compact, percent } = useFormat()
  const { requests, failed, cost } = last_day
  return (
    <span className="tabular mr-2 flex flex-wrap items-center gap-x-3 text-xs text-ink-2">
      <Link to="/requests" search={{ route: name, span: '24h' }} className="text-link hover:underline">
        {t.requestsLastDay(requests, compact(requests))}
      </Link>
      {failed > 0 && <span className="text-warn">{t.failedShare(percent(failed / requests))}</span>}
      {cost.length > 0 && <Monies of={cost} />}
    </span>
  )
}

function Lead({ lead }: { readonly lead: NonNullable<Route['lead']> }) {
  const t = useText(text)
  const { moment, exactMoment } = useFormat()
  return (
    <p className="mx-4 mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-card bg-accent-soft px-3 py-2 text-sm">
      <Flag size={14} aria-hidden className="shrink-0 text-accent" />
      <span className="min-w-0 flex-1" title={exactMoment(lead.since)}>
        {t.leads(lead.model, moment(lead.since))}
      </span>
      <Link to="/races" search={{ race: lead.race }} className="text-xs font-medium text-link hover:underline">
        {t.toRace(lead.race)}
      </Link>
    </p>
  )
}

function Missing({ missing }: { readonly missing: Route['missing'] }) {
  const t = useText(text)
  const reasons = useText(reasonText)
  if (missing.length === 0) return null
  return (
    <div className="border-t border-line bg-side px-4 py-3">
      <h3 className="text-xs font-medium text-ink-2">{t.missing}</h3>
      <ul className="mt-1 flex flex-col gap-1 text-xs">
        {missing.map(({ model, reason }) => (
          <li key={model} className="flex flex-wrap gap-x-3">
            <span className="text-ink-2">{model}</span>
            <span className="min-w-0 text-ink-3">{reasonIn(reason, reasons)}</span>
            <ToProvider model={model} />
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Most of them wait for the key of their provider. */
function ToProvider({ model }: { readonly model: string }) {
  const t = useText(text)
  const [provider = '', name] = model.split('/', 2)
  if (name === undefined) return null
  return (
    <Link to="/providers" search={{ provider }} className="text-link hover:underline">
      {t.toProvider(provider)}
    </Link>
  )
}
