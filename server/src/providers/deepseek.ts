import type { Provider } from './provider.ts'

/** It knows three efforts and takes the names of the others for one of them. */
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
  balance: { path: '/user/balance', in: 'balance_infos', amount: 'total_balance', currency: 'currency' },
  spelling: {
    reasoningSwitch: {
      toggle: { path: 'thinking.type', on: 'enabled', off: 'disabled' },
      effort: { path: 'reasoning_effort', levels: ['low', 'high', 'max'] },
    },
    reasoningBack: 'reasoning_content',
  },
  failures: { money: 'common', overload: 'common', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'https://api-docs.deepseek.com/zh-cn/quick_start/pricing',
    'github:anomalyco/models.dev@f3fc6922 providers/deepseek/provider.toml',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/deepseek/index.ts',
    'github:pydantic/genai-prices@47df840a prices/providers/deepseek.yml',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'https://github.com/QuantumNous/new-api/issues/4806 (reasoning must come back)',
    'https://github.com/VladoIvankovic/Codeep/releases/tag/v3.3.0 (efforts)',
    'https://api-docs.deepseek.com/quick_start/error_codes',
    'https://api-docs.deepseek.com/zh-cn/api/get-user-balance (balance)',
  ],
  unverified: ['pricedAt'],
}
