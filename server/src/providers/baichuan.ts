import type { Provider } from './provider.ts'

export const baichuan: Provider = {
  id: 'baichuan',
  name: { en: 'Baichuan', zh: '百川智能', ja: '百川 Baichuan' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.baichuan-ai.com/v1',
  auth: 'bearer',
  keyEnv: ['BAICHUAN_API_KEY'],
  baseUrlEnv: ['BAICHUAN_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  tasks: { embeddings: '/embeddings' },
  spelling: { ranges: { temperature: { min: 0, max: 1 } } },
  failures: { money: 'unverified', overload: 'unverified', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:MartialBE/one-hub@234fb1b1 (Baichuan-Text-Embedding)',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/baichuan/index.ts',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/baichuan',
    'github:lobehub/lobe-chat@00dc29b Dockerfile (BAICHUAN_API_KEY)',
  ],
  unverified: ['zone', 'usage.streamOption', 'usage.reasoningInOutput', 'pricedAt', 'tasks.embeddings'],
}
