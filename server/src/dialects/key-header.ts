import type { DialectFacts } from './facts.ts'

/** The header with a provider's key: the dialect's own, or the one its facts name. No key, no header. */
export function keyHeader(
  apiKey: string | null,
  { keyHeader: name }: DialectFacts,
  own: NonNullable<DialectFacts['keyHeader']>,
): Readonly<Record<string, string>> {
  if (apiKey === null) return {}
  const header = name ?? own
  return { [header]: header === 'authorization' ? `Bearer ${apiKey}` : apiKey }
}
