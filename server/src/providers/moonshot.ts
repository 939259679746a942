import type { Provider } from './provider.ts'

/** The newest models always think; what switches the others is said to them, too. */
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
  balance: { path: '/v1/users/me/balance', in: 'data', amount: 'available_balance' },
  spelling: {
    reasoningSwitch: { toggle: { path: 'thinking.type', on: 'enabled', off: 'disabled' } },
    reasoningBack: 'reasoning_content',
    ranges: { temperature: { min: 0, max: 1 } },
    emptyContent: ' ',
  },
  errors: {
    money: { statuses: [403], codes: ['exceeded_current_quota_error'] },
    overload: { codes: ['engine_overloaded_error'], words: ['engine is currently overloaded'] },
  },
  failures: { money: 'marked', overload: 'marked', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/moonshotai-cn/provider.toml',
    'github:Portkey-AI/gateway@669825cb src/providers/moonshot',
    'github:pydantic/genai-prices@47df840a prices/providers/moonshotai.yml',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/moonshot/index.ts',
    'https://github.com/bytedance/deer-flow/issues/3043 (reasoning must come back)',
    'https://platform.kimi.com/docs/api/balance (balance, in yuan)',
    'https://www.kimi.com/help/kimi-api/api-troubleshooting (403 is money)',
    'https://www.kimi.com/code/docs/en/kimi-code/error-reference.html (429 is overload)',
  ],
  unverified: ['zone', 'pricedAt'],
}
