import type { Provider } from './provider.ts'

/** Most errors come with status 200. A temperature of 0 is refused, so the smallest is the smallest step people write. */
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
  spelling: {
    thinkTags: true,
    unsupported: ['user'],
    ranges: { temperature: { min: 0.01, max: 2 }, top_p: { min: 0.01, max: 1 } },
    filterCodes: ['1026', '1027'],
  },
  errors: {
    money: { codes: ['1008'] },
    rate: { codes: ['1002', '1039', '1041', '2056'] },
    auth: { codes: ['1004', '2049'] },
    refused: { codes: ['1042', '2013'] },
  },
  failures: { money: 'marked', overload: 'unverified', filter: 'marked' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/minimax/index.ts',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/minimax',
    'github:anomalyco/models.dev@f3fc6922 providers/minimax-cn/provider.toml',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/minimax/error.go',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/streams (field user refused)',
  ],
  unverified: ['spelling.thinkTags', 'zone', 'usage.reasoningInOutput', 'pricedAt'],
}
