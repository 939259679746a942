import type { Provider } from './provider.ts'

export const qianfan: Provider = {
  id: 'qianfan',
  name: { en: 'ERNIE (Baidu Qianfan)', zh: '文心大模型（百度千帆）', ja: '文心 ERNIE（百度千帆）' },
  dialect: 'openai-chat',
  baseUrl: 'https://qianfan.baidubce.com/v2',
  auth: 'bearer',
  keyEnv: ['QIANFAN_API_KEY'],
  baseUrlEnv: ['QIANFAN_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/wenxin/index.ts',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/baiduv2',
    'github:openclaw/openclaw docs, model providers (QIANFAN_API_KEY)',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
  ],
  unverified: ['zone', 'usage.reasoningInOutput', 'pricedAt'],
}
