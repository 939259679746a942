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
  tasks: { embeddings: '/embeddings', rerank: '/rerankers', images: '/images/generations' },
  spelling: {
    reasoningSwitch: { toggle: { path: 'enable_thinking', on: true, off: false } },
    filterCodes: ['system_unsafe', 'unsafe_request'],
  },
  errors: {
    money: { codes: ['BILLING_INSUFFICIENT_BALANCE'] },
    tooLong: { codes: ['tokens_too_long', 'characters_too_long'] },
  },
  failures: { money: 'marked', overload: 'unverified', filter: 'marked' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:model-bank@1.0.20260927202305 (images)',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/wenxin/index.ts',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/baiduv2',
    'github:openclaw/openclaw docs, model providers (QIANFAN_API_KEY)',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/baiduv2/error.go',
    'https://ai.baidu.com/ai-doc/AppBuilder/4m8sgh88y (error codes)',
  ],
  unverified: ['zone', 'usage.reasoningInOutput', 'pricedAt', 'tasks.embeddings', 'tasks.images'],
}
