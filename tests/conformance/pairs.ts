import type { EntryRecord } from '@paddock/contract/entry'
import type { Testbed } from '../testbed.ts'
import type { Fields } from '../stand-ins/anthropic-grammar.ts'
import { PROVIDERS, type ProviderName } from './four-providers.ts'
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
  readonly entry: EntryRecord
}

export async function ask(testbed: Testbed, { caller, provider, stream }: Pair, model: string): Promise<Reply> {
  const speaker = SPEAKERS[caller]
  const response = await testbed.post(speaker.request(`${provider}/${model}`, stream), { path: speaker.path })
  const text = await response.text()
  const { status, headers } = response
  return { status, headers, text, entry: await testbed.entry(response) }
}

export function hear({ caller, stream }: Pair, { text }: Reply): Heard {
  const speaker: Speaker = SPEAKERS[caller]
  return stream ? speaker.hearStream(text) : speaker.hearWhole(JSON.parse(text) as Fields)
}
