import type { Provider } from './provider.ts'

/** `insufficient_quota` is the limit of tokens a minute here, and not the money it is elsewhere. */
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
  tasks: { embeddings: '/embeddings' },
  spelling: {
    reasoningSwitch: { toggle: { path: 'enable_thinking', on: true, off: false } },
    unsupported: ['frequency_penalty'],
    filterCodes: ['data_inspection_failed', 'DataInspectionFailed'],
  },
  errors: {
    money: { codes: ['Arrearage'] },
    rate: { codes: ['insufficient_quota', 'Throttling.AllocationQuota', 'Throttling.RateQuota'] },
    overload: { codes: ['ServiceUnavailable'] },
  },
  failures: { money: 'marked', overload: 'marked', filter: 'marked' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/alibaba-cn/provider.toml',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/qwen/index.ts',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/streams',
    'github:Portkey-AI/gateway@669825cb src/providers/dashscope',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'https://help.aliyun.com/zh/model-studio/error-code',
    'https://help.aliyun.com/en/model-studio/error-code-start',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/ali/error.go',
  ],
  unverified: ['zone', 'usage.reasoningInOutput', 'pricedAt'],
}
