import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { buttonClass } from '@paddock/webkit/ui/button.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Scroll } from '@paddock/webkit/ui/scroll.tsx'
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useAsk } from '../../query.ts'
import { text } from './text.ts'

type Settings = Answer<'settings.settings'>

/** What the server uses now; nothing is changed here. */
export function InForce() {
  const t = useText(text)
  const { number } = useFormat()
  const { data, error, refetch } = useAsk('settings.settings', {})
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton className="h-96" />
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <div className="flex min-w-0 flex-col gap-4">
        <Server settings={data} />
        <Environment names={data.environment} />
        <Panel title={t.limits}>
          <AsWritten value={data.limits} />
        </Panel>
        <Panel title={t.charges}>
          <AsWritten value={data.charges} />
        </Panel>
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Warnings of={data.warnings} />
        <Panel
          title={t.routes(number(data.routes.length))}
          actions={
            <Link to="/routes" className={buttonClass({ small: true })}>
              {t.seeRoutes}
            </Link>
          }
        >
          <AsWritten value={data.routes} />
        </Panel>
      </div>
    </div>
  )
}

function Environment({ names }: { readonly names: readonly string[] }) {
  const t = useText(text)
  return (
    <Panel title={t.environment} hint={t.environmentHint}>
      {names.length === 0 ? (
        <p className="text-sm text-ink-2">{t.noEnvironment}</p>
      ) : (
        <ul className="flex flex-wrap gap-1.5">
          {names.map((name) => (
            <li key={name}>
              <code className="rounded-control bg-raised px-2 py-0.5 text-xs break-all">{name}</code>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Server({ settings }: { readonly settings: Settings }) {
  const t = useText(text)
  const { duration, number } = useFormat()
  const { version, config_file, data_folder, host, port, zone, drain_seconds, practice } = settings
  const isOn = practice.enabled === null ? t.practiceAuto : practice.enabled ? t.practiceOn : t.practiceOff
  const path = (value: string | null): ReactNode =>
    value === null ? t.noFile : <code className="text-xs break-all">{value}</code>
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.version, version],
    [t.address, `${host}:${port}`],
    [t.configFile, path(config_file)],
    [t.dataFolder, path(data_folder)],
    [t.zone, zone],
    [t.drain, duration(drain_seconds * 1000)],
    [t.practice, practice.speed === 1 ? isOn : `${isOn} · ${t.speed(number(practice.speed))}`],
  ]
  return (
    <Panel title={t.server}>
      <Facts facts={facts} />
    </Panel>
  )
}

function Warnings({ of: warnings }: { readonly of: readonly string[] }) {
  const t = useText(text)
  return (
    <Panel title={t.warningsTitle}>
      {warnings.length === 0 ? (
        <p className="text-sm text-ink-2">{t.noWarnings}</p>
      ) : (
        <Scroll label={t.warningsTitle} className="max-h-72">
          <ul className="flex flex-col gap-2 text-sm">
            {warnings.map((warning) => (
              <li key={warning} className="flex gap-2">
                <TriangleAlert size={14} aria-hidden className="mt-1 shrink-0 text-warn" />
                <span className="min-w-0">{warning}</span>
              </li>
            ))}
          </ul>
        </Scroll>
      )}
    </Panel>
  )
}

/** As paddock.yaml has it, in the notation of the API: one of a list a line, or one member. */
function AsWritten({ value }: { readonly value: object }) {
  const t = useText(text)
  const lines = Array.isArray(value)
    ? value.map((each) => JSON.stringify(each))
    : Object.entries(value).map(([name, each]) => `${name}: ${JSON.stringify(each)}`)
  if (lines.length === 0) return <p className="text-sm text-ink-2">{t.none}</p>
  return (
    <ul className="flex flex-col gap-1.5">
      {lines.map((line) => (
        <li key={line}>
          <code className="block rounded-control bg-side px-3 py-1.5 text-xs break-all">{line}</code>
        </li>
      ))}
    </ul>
  )
}
