import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
import { Monies } from '@paddock/webkit/ui/money.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ModelHealth } from '../../model-health.tsx'
import { useMay } from '../../session/session.tsx'
import { BalanceSection } from './balance-section.tsx'
import { KeyPlace } from './key-place.tsx'
import { KeySection } from './key-section.tsx'
import { MadeSection } from './made-section.tsx'
import { ModelsSection } from './models-section.tsx'
import { useProviderName, type Provider } from './provider.ts'
import { Section } from './section.tsx'
import { StateBadge } from './state-badge.tsx'
import { TestSection } from './test-section.tsx'
import { text } from './text.ts'

type DrawerProps = {
  /** Undefined: none is looked at, or one that is not there any more. */
  readonly provider: Provider | undefined
  readonly onClose: () => void
}

/** One provider whole: how it is, its key, a live test, its models and what is left of the money there. */
export function ProviderDrawer({ provider, onClose }: DrawerProps) {
  const nameOf = useProviderName()
  const name = provider && nameOf(provider)
  return (
    <Dialog
      shape="drawer"
      open={provider !== undefined}
      onClose={onClose}
      title={name}
      description={provider && name !== provider.id && <code className="text-xs">{provider.id}</code>}
    >
      {provider && <Whole key={provider.id} provider={provider} onGone={onClose} />}
    </Dialog>
  )
}

function Whole({ provider, onGone }: { readonly provider: Provider; readonly onGone: () => void }) {
  const t = useText(text)
  const mayChange = useMay('owner', 'admin')
  const maySeeBalance = useMay('owner', 'admin', 'billing')
  const { active, practice, made_here, tells_balance } = provider
  return (
    <div className="flex flex-col gap-4">
      <About provider={provider} />
      {practice && <Note title={t.practiceTitle}>{t.practiceHint}</Note>}
      <Hindrances provider={provider} />
      {!practice && !made_here && <KeySection provider={provider} />}
      {active && mayChange && <TestSection provider={provider} />}
      {active && <ModelsSection provider={provider} />}
      {active && tells_balance && maySeeBalance && <BalanceSection id={provider.id} />}
      {made_here && mayChange && <MadeSection provider={provider} onGone={onGone} />}
    </div>
  )
}

function About({ provider }: { readonly provider: Provider }) {
  const t = useText(text)
  const { number } = useFormat()
  const { id, active, practice, made_here, last_day, base_url, dialect, currency } = provider
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.state, <StateBadge key="state" provider={provider} />],
    // Of all others, a section of its own tells it.
    [t.key, made_here && <KeyPlace key="key" provider={provider} />],
    [
      t.address,
      practice ? null : (
        <code key="address" className="text-xs break-all">
          {base_url}
        </code>
      ),
    ],
    [
      t.dialect,
      practice ? null : (
        <code key="dialect" className="text-xs">
          {dialect}
        </code>
      ),
    ],
    [t.bills, currency],
    [
      t.lastDay,
      active && (
        <Link
          key="day"
          to="/requests"
          search={{ provider: id, span: '24h' }}
          className="text-link hover:underline"
        >{`${t.requestCount(last_day.requests, number(last_day.requests))} · ${t.failedCount(number(last_day.failed))}`}</Link>
      ),
    ],
    [t.cost, active && <Monies key="cost" of={last_day.cost} />],
  ]
  return <Facts facts={facts} />
}

function Hindrances({ provider: { hindrances } }: { readonly provider: Provider }) {
  const t = useText(text)
  if (hindrances.length === 0) return null
  return (
    <Section title={t.hindrances}>
      <ul className="flex max-h-48 flex-col gap-1.5 overflow-y-auto text-sm">
        {hindrances.map(({ model, health }) => (
          <li key={model} className="flex flex-wrap items-center gap-x-3">
            <span className="min-w-0 flex-1 truncate">{model}</span>
            <ModelHealth health={health} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
