import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { text } from './dataset-text.ts'

/** How one challenger stands. */
export function Fate({ of }: { readonly of: string }) {
  const t = useText(text)
  const words: Readonly<Record<string, string>> = t.fates
  return <Badge tone={of === 'promotable' ? 'ok' : of === 'inferior' ? 'bad' : 'plain'}>{words[of] ?? of}</Badge>
}
