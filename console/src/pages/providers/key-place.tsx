import { useText } from '@paddock/webkit/text/language.tsx'
import type { Provider } from './provider.ts'
import { text } from './text.ts'

/** Where the key of a provider was found, and how it ends. A key itself is never shown. */
export function KeyPlace({ provider: { found_in, entered_key, needs_key, keys } }: { readonly provider: Provider }) {
  const t = useText(text)
  const isEntered = found_in === 'the console' && entered_key !== null
  if (found_in === null && entered_key === null) return <span className="text-ink-3">—</span>
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-2 whitespace-nowrap">
      {isEntered ? <code className="text-xs">{`••••${entered_key.last_four}`}</code> : null}
      <Place of={found_in} />
      {!needs_key && keys === 0 && <span className="text-xs text-ink-3">{t.noKeyNeeded}</span>}
      {keys > 1 && <span className="text-xs text-ink-3">{t.keysCount(keys)}</span>}
    </span>
  )
}

function Place({ of }: { readonly of: string | null }) {
  const t = useText(text)
  if (of === null) return <span className="text-xs text-ink-3">{t.notUsed}</span>
  if (of === 'built in') return <span className="text-xs text-ink-3">{t.builtIn}</span>
  if (of === 'the console') return <span className="text-xs text-ink-3">{t.entered}</span>
  return <code className="text-xs text-ink-2">{of}</code>
}
