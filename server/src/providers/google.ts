import type { Provider } from './provider.ts'

/**
 * The native endpoint: it counts thoughts outside of the answer. How long to think is told in tokens, as 2.5 was first to
 * take it; that later models have levels, too, is not used.
 */
export const google: Provider = {
  id: 'google',
  name: { en: 'Google Gemini', zh: '谷歌 Gemini', ja: 'Google Gemini' },
  dialect: 'gemini',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  auth: 'bearer',
  keyEnv: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  baseUrlEnv: ['GOOGLE_BASE_URL', 'GEMINI_BASE_URL'],
  currency: 'USD',
  zone: 'America/Los_Angeles',
  usage: { streamOption: false, reasoningInOutput: false },
  errors: {
    auth: { codes: ['API_KEY_INVALID'], words: ['api key not valid', 'api key expired', 'api key not found'] },
  },
  failures: { money: 'common', overload: 'common', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'github:anomalyco/models.dev@f3fc6922 providers/google/provider.toml',
    'npm:model-bank@1.0.20260927202305 modelProviders (native base URL)',
    'https://github.com/langchain-ai/langchain/issues/37347 (x-goog-api-key)',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/usageConverters',
    'https://ai.google.dev/gemini-api/docs/generate-content/api-errors',
    'https://ai.google.dev/gemini-api/docs/troubleshooting (a bad key is a 400)',
  ],
  unverified: ['zone', 'pricedAt'],
}
