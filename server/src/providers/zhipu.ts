import type { Provider } from './provider.ts'

export const zhipu: Provider = {
  id: 'zhipu',
  name: { en: 'Zhipu GLM (BigModel, Z.AI)', zh: '智谱 GLM（BigModel 开放平台）', ja: '智譜 GLM（BigModel / Z.AI）' },
  dialect: 'openai-chat',
  baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
  auth: 'bearer',
  keyEnv: ['ZHIPU_API_KEY', 'ZAI_API_KEY'],
  baseUrlEnv: ['ZHIPU_BASE_URL', 'ZAI_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/zhipuai/provider.toml',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/zhipu',
    'github:Portkey-AI/gateway@669825cb src/providers/zhipu',
    'https://docs.bigmodel.cn/cn/guide/start/pricing.md',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
  ],
  unverified: ['keyEnv.1', 'zone', 'usage.reasoningInOutput', 'pricedAt'],
}
