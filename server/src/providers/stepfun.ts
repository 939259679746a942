import type { Provider } from './provider.ts'

export const stepfun: Provider = {
  id: 'stepfun',
  name: { en: 'StepFun', zh: '阶跃星辰', ja: 'StepFun（階躍星辰）' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.stepfun.com/v1',
  auth: 'bearer',
  keyEnv: ['STEPFUN_API_KEY'],
  baseUrlEnv: ['STEPFUN_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: true, reasoningInOutput: true },
  tasks: { images: '/images/generations', speech: '/audio/speech' },
  spelling: { reasoningSwitch: { effort: { path: 'reasoning_effort', levels: ['low', 'medium', 'high'] } } },
  failures: { money: 'common', overload: 'common', filter: 'common' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:model-bank@1.0.20260927202305 (images)',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/stepfun/index.ts',
    'github:anomalyco/models.dev@f3fc6922 providers/stepfun/provider.toml',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/stepfun',
    'github:api-evangelist/stepfun errors/stepfun-error-codes.yml',
  ],
  unverified: ['zone', 'usage.streamOption', 'usage.reasoningInOutput', 'pricedAt', 'tasks.images', 'tasks.speech'],
}
