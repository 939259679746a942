import type { Provider } from './provider.ts'

export const moonshot: Provider = {
  id: 'moonshot',
  name: { en: 'Kimi (Moonshot AI)', zh: 'Kimi（月之暗面）', ja: 'Kimi（Moonshot AI）' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.moonshot.cn/v1',
  auth: 'bearer',
  keyEnv: ['MOONSHOT_API_KEY'],
  baseUrlEnv: ['MOONSHOT_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/moonshotai-cn/provider.toml',
    'github:Portkey-AI/gateway@669825cb src/providers/moonshot',
    'github:pydantic/genai-prices@47df840a prices/providers/moonshotai.yml',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
  ],
  unverified: ['zone', 'pricedAt'],
}
