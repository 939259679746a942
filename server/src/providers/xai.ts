import type { Provider } from './provider.ts'

export const xai: Provider = {
  id: 'xai',
  name: { en: 'xAI Grok', zh: 'xAI Grok', ja: 'xAI Grok' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.x.ai/v1',
  auth: 'bearer',
  keyEnv: ['XAI_API_KEY'],
  baseUrlEnv: ['XAI_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: false },
  spelling: { unsupported: ['frequency_penalty', 'presence_penalty'] },
  errors: { auth: { words: ['incorrect api key provided'] } },
  failures: { money: 'unverified', overload: 'unverified', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/xai/index.ts',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/usageConverters',
    'github:anomalyco/models.dev@f3fc6922 providers/xai/provider.toml',
    'github:pydantic/genai-prices@47df840a prices/providers/x_ai.yml',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/xai/error.go',
  ],
  unverified: ['zone', 'pricedAt'],
}
