import type { Provider } from './provider.ts'

/** The OpenAI-compatible endpoint. The native one counts thoughts outside of the answer; here the same is assumed. */
export const google: Provider = {
  id: 'google',
  name: { en: 'Google Gemini', zh: '谷歌 Gemini', ja: 'Google Gemini' },
  dialect: 'openai-chat',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  auth: 'bearer',
  keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  baseUrlEnv: ['GOOGLE_BASE_URL', 'GEMINI_BASE_URL'],
  currency: 'USD',
  zone: 'America/Los_Angeles',
  usage: { streamOption: true, reasoningInOutput: false },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/google/provider.toml',
    'https://github.com/langchain-ai/langchain/issues/37347 (base URL, bearer)',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/usageConverters',
  ],
  unverified: ['zone', 'usage.streamOption', 'usage.reasoningInOutput', 'pricedAt'],
}
