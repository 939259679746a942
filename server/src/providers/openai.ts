import type { Provider } from './provider.ts'

export const openai: Provider = {
  id: 'openai',
  name: { en: 'OpenAI', zh: 'OpenAI', ja: 'OpenAI' },
  dialect: 'openai-chat',
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  keyEnv: ['OPENAI_API_KEY'],
  baseUrlEnv: ['OPENAI_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  tasks: {
    embeddings: '/embeddings',
    images: '/images/generations',
    speech: '/audio/speech',
    transcriptions: '/audio/transcriptions',
  },
  spelling: { outputTokensName: 'max_completion_tokens' },
  errors: {
    money: { codes: ['insufficient_quota', 'credit_balance_exhausted'] },
    tooLong: { codes: ['context_length_exceeded'] },
  },
  failures: { money: 'marked', overload: 'common', filter: 'common' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:openai@6.49.0 src/resources (embeddings, images, speech, transcriptions)',
    'github:anomalyco/models.dev@f3fc6922 providers/openai/provider.toml',
    'https://developers.openai.com/docs/guides/error-codes',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/usageConverters',
    'github:QuantumNous/new-api relay/common/relay_info.go streamSupportedChannels',
    'https://github.com/griptape-ai/ComfyUI-Griptape/issues/312 (max_tokens refused)',
    'https://github.com/mckaywrigley/chatbot-ui/issues/102 (context_length_exceeded)',
    'https://www.developersdigest.tech/blog/ai-api-rate-limit-retry-guide-2026 (credit_balance_exhausted)',
  ],
  unverified: ['zone', 'pricedAt'],
}
