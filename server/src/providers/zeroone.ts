import type { Provider } from './provider.ts'

export const zeroone: Provider = {
  id: 'zeroone',
  name: { en: '01.AI (Yi)', zh: '零一万物', ja: '01.AI（零一万物 Yi）' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.lingyiwanwu.com/v1',
  auth: 'bearer',
  keyEnv: ['ZEROONE_API_KEY'],
  baseUrlEnv: ['ZEROONE_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  failures: { money: 'unverified', overload: 'unverified', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/zeroone/index.ts',
    'github:Portkey-AI/gateway@669825cb src/providers/lingyi',
    'github:lobehub/lobe-chat@00dc29b Dockerfile (ZEROONE_API_KEY)',
  ],
  unverified: ['zone', 'usage.streamOption', 'usage.reasoningInOutput', 'pricedAt'],
}
