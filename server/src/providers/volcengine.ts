import type { Provider } from './provider.ts'

export const volcengine: Provider = {
  id: 'volcengine',
  name: { en: 'Doubao (Volcano Engine Ark)', zh: '豆包（火山方舟）', ja: '豆包 Doubao（Volcano Engine Ark）' },
  dialect: 'openai-chat',
  baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  auth: 'bearer',
  keyEnv: ['ARK_API_KEY'],
  baseUrlEnv: ['VOLCENGINE_BASE_URL', 'ARK_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/volcengine/index.ts',
    'npm:model-bank@1.0.20260927202305',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'https://github.com/BerriAI/litellm/issues/9491 (ARK_API_KEY)',
    'https://www.volcengine.com/docs/82379/1099476',
  ],
  unverified: ['zone', 'usage.reasoningInOutput', 'pricedAt'],
}
