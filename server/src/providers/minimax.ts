import type { Provider } from './provider.ts'

export const minimax: Provider = {
  id: 'minimax',
  name: { en: 'MiniMax', zh: 'MiniMax（稀宇科技）', ja: 'MiniMax' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.minimaxi.com/v1',
  auth: 'bearer',
  keyEnv: ['MINIMAX_API_KEY'],
  baseUrlEnv: ['MINIMAX_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/minimax/index.ts',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/minimax',
    'github:anomalyco/models.dev@f3fc6922 providers/minimax-cn/provider.toml',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
  ],
  unverified: ['zone', 'usage.reasoningInOutput', 'pricedAt'],
}
