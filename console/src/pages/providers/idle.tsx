import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { useProviderName, type Provider } from './provider.ts'
import { text } from './text.ts'

type IdleProps = { readonly providers: readonly Provider[] | undefined; readonly onOpen: (id: string) => void }

const SKELETON_CARDS = 8

/** Providers that are known and not set up: one key away. */
export function Idle({ providers, onOpen }: IdleProps) {
  const t = useText(text)
  if (providers?.length === 0) return null
  return (
    <Panel title={t.idle} hint={t.idleHint}>
      <ul className="grid grid-cols-1 gap-2 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
        {providers === undefined
          ? Array.from({ length: SKELETON_CARDS }, (_, place) => (
              <li key={place}>
                <Skeleton className="h-16" />
              </li>
            ))
          : providers.map((provider) => (
              <li key={provider.id} className="min-w-0">
                <Card provider={provider} onOpen={onOpen} />
              </li>
            ))}
      </ul>
    </Panel>
  )
}

function Card({ provider, onOpen }: { readonly provider: Provider; readonly onOpen: (id: string) => void }) {
  const t = useText(text)
  const nameOf = useProviderName()
  return (
    <button
      type="button"
      onClick={() => onOpen(provider.id)}
      className="flex h-full w-full items-center gap-3 rounded-control border border-line px-3 py-2.5 text-left transition-colors hover:border-edge hover:bg-side"
    >
      <span
        aria-hidden
        className="flex size-8 shrink-0 items-center justify-center rounded-control bg-raised text-sm font-semibold text-ink-2"
      >
        {nameOf(provider).slice(0, 1)}
      </span>
      <span className="min-w-0 flex-1 leading-tight">
        <span className="block truncate text-sm font-medium" title={nameOf(provider)}>
          {nameOf(provider)}
        </span>
        <code className="text-xs text-ink-3">{provider.id}</code>
      </span>
      <Badge>{provider.needs_key ? provider.currency : t.local}</Badge>
    </button>
  )
}
