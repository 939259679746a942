import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { text } from './trial-text.ts'

export type Duel = Answer<'races.duels'>['items'][number]

/** What was said about it: by a person, a check or a judge. */
export function Signals({ of: { signals } }: { readonly of: Duel }) {
  const t = useText(text)
  if (signals.length === 0) return <span className="whitespace-nowrap text-ink-3">{t.notRated}</span>
  return (
    <span className="flex flex-wrap gap-x-3">
      {signals.map(({ source, reviewer, value }) => (
        <span key={`${source} ${reviewer}`} className="whitespace-nowrap">
          <span className="text-ink-3">{t.sources[source]}</span> <span className="tabular">{value}</span>
        </span>
      ))}
    </span>
  )
}
