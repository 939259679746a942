import type { Provider } from './provider.ts'

/** The switch was read for one model only, hunyuan-a13b. */
export const hunyuan: Provider = {
  id: 'hunyuan',
  name: { en: 'Tencent Hunyuan (TokenHub)', zh: '腾讯混元（TokenHub）', ja: 'テンセント混元 Hunyuan' },
  dialect: 'openai-chat',
  baseUrl: 'https://tokenhub.tencentmaas.com/v1',
  auth: 'bearer',
  keyEnv: ['HUNYUAN_API_KEY'],
  baseUrlEnv: ['HUNYUAN_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  tasks: { embeddings: '/embeddings' },
  spelling: {
    reasoningSwitch: { toggle: { path: 'enable_thinking', on: true, off: false } },
    unsupported: ['frequency_penalty', 'presence_penalty'],
  },
  failures: { money: 'unverified', overload: 'unverified', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'https://github.com/songquanpeng/one-api (hunyuan-embedding)',
    'npm:model-bank@1.0.20260927202305 modelProviders',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/hunyuan/index.ts',
    'github:lobehub/lobe-chat@00dc29b Dockerfile (HUNYUAN_API_KEY)',
  ],
  unverified: [
    'spelling.reasoningSwitch',
    'zone',
    'usage.streamOption',
    'usage.reasoningInOutput',
    'pricedAt',
    'tasks.embeddings',
  ],
}
