import type { Provider } from './provider.ts'

export const dashscope: Provider = {
  id: 'dashscope',
  name: {
    en: 'Qwen (Alibaba Cloud Model Studio)',
    zh: '通义千问（阿里云百炼）',
    ja: '通義千問 Qwen（Alibaba Cloud Model Studio）',
  },
  dialect: 'openai-chat',
  baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  auth: 'bearer',
  keyEnv: ['DASHSCOPE_API_KEY'],
  baseUrlEnv: ['DASHSCOPE_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/alibaba-cn/provider.toml',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/qwen/index.ts',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/streams',
    'github:Portkey-AI/gateway@669825cb src/providers/dashscope',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
  ],
  unverified: ['zone', 'usage.reasoningInOutput', 'pricedAt'],
}
