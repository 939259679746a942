import type { Provider } from './provider.ts'

/** The API refuses fields it does not know (`user` for one), so usage in streams is not asked for. */
export const spark: Provider = {
  id: 'spark',
  name: { en: 'iFlytek Spark', zh: '讯飞星火', ja: 'iFlytek Spark（訊飛星火）' },
  dialect: 'openai-chat',
  baseUrl: 'https://spark-api-open.xf-yun.com/v1',
  auth: 'bearer',
  keyEnv: ['SPARK_API_KEY'],
  baseUrlEnv: ['SPARK_BASE_URL'],
  currency: 'CNY',
  zone: 'Asia/Shanghai',
  usage: { streamOption: false, reasoningInOutput: true },
  spelling: { unsupported: ['user'], irregular: true },
  errors: { auth: { words: ['appidnoautherror'] } },
  failures: { money: 'unverified', overload: 'unverified', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/streams (tool calls as an object)',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/providers/spark/index.ts',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/xunfei',
    'https://cuemate.chat/zh-TW/guide/models/providers/xf.html',
    'github:lobehub/lobe-chat@00dc29b Dockerfile (SPARK_API_KEY)',
  ],
  unverified: ['zone', 'usage.streamOption', 'usage.reasoningInOutput', 'pricedAt'],
}
