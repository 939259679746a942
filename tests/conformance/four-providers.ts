import type { Usage } from '@paddock/contract/usage'
import type { BilledCall } from '../fake-provider/bill.ts'
import { openTestbed, type Testbed } from '../testbed.ts'

/** One fake provider, configured four times: once for each dialect that Paddock can call. */

export const PROVIDERS = ['chat', 'responses', 'messages', 'gemini'] as const
export type ProviderName = (typeof PROVIDERS)[number]

const DIALECTS: Readonly<Record<ProviderName, string>> = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  messages: 'anthropic-messages',
  gemini: 'gemini',
}

const PRICES = 'input: "1", cached_input: "0.5", cache_write: "1.25", output: "2"'

export function openFourProviders(): Promise<Testbed> {
  return openTestbed((url) => [
    'providers:',
    ...PROVIDERS.map(
      (name) => `  ${name}: { dialect: ${DIALECTS[name]}, base_url: "${url}", api_key: any, currency: CNY }`,
    ),
    'prices:',
    ...PROVIDERS.map(
      (name) =>
        `  - { model: ${name}/small, match: prefix, currency: CNY, per: 1000000, ${PRICES}, valid_from: 2024-01-01 }`,
    ),
  ])
}

/** What the provider charged, in the words of an entry and by the prices above. */
export function asBooked({ charged }: Pick<BilledCall, 'charged'>): { usage: Usage; amount: string } {
  const { input, cached, cacheWrite, output, reasoning } = charged
  const quarters = input * 4 + cached * 2 + cacheWrite * 5 + (output + reasoning) * 8
  const usage = { input, cached_input: cached, cache_write: cacheWrite, cache_write_1h: 0, output, reasoning }
  return { usage, amount: `0.${String(quarters * 250_000).padStart(12, '0')}` }
}
