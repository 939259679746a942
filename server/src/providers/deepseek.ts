import type { Provider } from './provider.ts'

export const deepseek: Provider = {
  id: 'deepseek',
  name: { en: 'DeepSeek', zh: '深度求索 DeepSeek', ja: 'DeepSeek' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.deepseek.com/v1',
  auth: 'bearer',
  keyEnv: ['DEEPSEEK_API_KEY'],
  baseUrlEnv: ['DEEPSEEK_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'https://api-docs.deepseek.com/zh-cn/quick_start/pricing',
    'github:anomalyco/models.dev@f3fc6922 providers/deepseek/provider.toml',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/deepseek/index.ts',
    'github:pydantic/genai-prices@47df840a prices/providers/deepseek.yml',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
  ],
  unverified: ['pricedAt'],
}
