import type { Provider } from './provider.ts'

export const openai: Provider = {
  id: 'openai',
  name: { en: 'OpenAI', zh: 'OpenAI', ja: 'OpenAI' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  keyEnv: ['OPENAI_API_KEY'],
  baseUrlEnv: ['OPENAI_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/openai/provider.toml',
    'https://developers.openai.com/docs/guides/error-codes',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/usageConverters',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
  ],
  unverified: ['zone', 'pricedAt'],
}
