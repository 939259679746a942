import type { Provider } from './provider.ts'

export const meta: Provider = {
  id: 'meta',
  name: { en: 'Meta (Model API)', zh: 'Meta（Model API）', ja: 'Meta（Model API）' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.meta.ai/v1',
  auth: 'bearer',
  keyEnv: ['META_MODEL_API_KEY'],
  baseUrlEnv: ['META_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  failures: { money: 'unverified', overload: 'unverified', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:model-bank@1.0.20260927202305 modelProviders',
    'github:anomalyco/models.dev@de319406 providers/meta/provider.toml',
  ],
  unverified: ['zone', 'usage.streamOption', 'usage.reasoningInOutput', 'pricedAt'],
}
