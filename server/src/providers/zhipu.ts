import type { Provider } from './provider.ts'

/** The code of an error decides; its status says little. */
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
  spelling: {
    reasoningSwitch: { toggle: { path: 'thinking.type', on: 'enabled', off: 'disabled' } },
    ranges: { temperature: { min: 0, max: 1 } },
    irregular: true,
    filterCodes: ['1300', '1301'],
  },
  errors: {
    money: { codes: ['1113', '1304', '1308', '1309', '1310'] },
    overload: { codes: ['1120', '1234', '1312'] },
    rate: { codes: ['1302', '1303', '1305', '1313'] },
    auth: { codes: ['1000', '1001', '1002', '1003', '1004', '1111'], statuses: [434] },
    tooLong: { codes: ['1261'], statuses: [435] },
    refused: { codes: ['1210', '1211', '1212', '1213', '1214', '1215', '1231'] },
  },
  failures: { money: 'marked', overload: 'marked', filter: 'marked' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/zhipuai/provider.toml',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/zhipu',
    'github:Portkey-AI/gateway@669825cb src/providers/zhipu',
    'https://docs.bigmodel.cn/cn/guide/start/pricing.md',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'github:labring/aiproxy@aebeb5ec core/relay, its reasoning.go',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/zhipu/error.go',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/zhipu/index.ts (index -1, temperature)',
  ],
  unverified: ['keyEnv.1', 'zone', 'usage.reasoningInOutput', 'pricedAt'],
}
