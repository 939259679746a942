import type { Provider } from './provider.ts'

/**
 * A different API than the Model API in meta.ts, with keys of its own, so that neither key is sent to the other. It has
 * no field that switches thinking.
 */
export const llama: Provider = {
  id: 'llama',
  name: { en: 'Meta (Llama API)', zh: 'Meta（Llama API）', ja: 'Meta（Llama API）' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.llama.com/compat/v1',
  auth: 'bearer',
  keyEnv: ['LLAMA_API_KEY'],
  baseUrlEnv: ['LLAMA_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  spelling: { reasoningSwitch: {} },
  failures: { money: 'unverified', overload: 'unverified', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: ['github:anomalyco/models.dev@4ee75da2 providers/llama/provider.toml'],
  unverified: ['zone', 'usage.streamOption', 'usage.reasoningInOutput', 'pricedAt'],
}
