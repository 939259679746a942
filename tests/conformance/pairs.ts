import type { Testbed } from '../testbed.ts'
import type { Fields } from '../stand-ins/anthropic-grammar.ts'
import { fetchEntry, PROVIDERS, type Entry, type ProviderName } from './four-providers.ts'
import { SPEAKERS, type Heard, type Speaker } from './speak.ts'

/** Each way to ask: the caller's dialect, the provider's, streamed or whole. */

type CallerName = keyof typeof SPEAKERS
export type Pair = { readonly caller: CallerName; readonly provider: ProviderName; readonly stream: boolean }

export const CALLERS = Object.keys(SPEAKERS) as CallerName[]
export const PAIRS: readonly Pair[] = CALLERS.flatMap((caller) =>
  PROVIDERS.flatMap((provider) => [true, false].map((stream) => ({ caller, provider, stream }))),
)

export type Reply = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly entry: Entry
}

export async function ask(testbed: Testbed, { caller, provider, stream }: Pair, model: string): Promise<Reply> {
  const speaker = SPEAKERS[caller]
  const response = await fetch(testbed.server.url + speaker.path, {
    method: 'POST',
    headers: { authorization: `Bearer ${testbed.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(speaker.request(`${provider}/${model}`, stream)),
  })
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, text, entry: await fetchEntry(testbed, headers.get('x-request-id') ?? '') }
}

export function hear({ caller, stream }: Pair, { text }: Reply): Heard {
  const speaker: Speaker = SPEAKERS[caller]
  return stream ? speaker.hearStream(text) : speaker.hearWhole(JSON.parse(text) as Fields)
}
