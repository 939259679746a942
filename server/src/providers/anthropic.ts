import type { Provider } from './provider.ts'

/** A limit on what may be spent comes as a 429 or a 400, and is told from limits of speed by its code or its words. */
export const anthropic: Provider = {
  id: 'anthropic',
  name: { en: 'Anthropic Claude', zh: 'Anthropic Claude', ja: 'Anthropic Claude' },
  dialect: 'anthropic-messages',
  baseUrl: 'https://api.anthropic.com/v1',
  auth: 'bearer',
  keyEnv: ['ANTHROPIC_API_KEY'],
  baseUrlEnv: ['ANTHROPIC_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: false, reasoningInOutput: true },
  errors: {
    money: {
      codes: ['billing_error', 'enforced_spend_limit_reached'],
      words: ['credit balance is too low', 'api usage limits'],
    },
    overload: { statuses: [529], codes: ['overloaded_error'] },
    rate: { codes: ['rate_limit_error'] },
    auth: { codes: ['authentication_error', 'permission_error'] },
  },
  failures: { money: 'marked', overload: 'marked', filter: 'unverified' },
  abortBills: 'unknown',
  pricedAt: 'accepted',
  evidence: [
    'npm:model-bank@1.0.20260927202305 modelProviders (base URL)',
    'github:labring/aiproxy@aebeb5ec core/relay/adaptor/anthropic (x-api-key, anthropic-version)',
    'github:anomalyco/models.dev@f3fc6922 providers/anthropic/provider.toml (ANTHROPIC_API_KEY)',
    'npm:@lobehub/chat@1.143.3 packages/model-runtime/src/core/usageConverters',
    'https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/anthropic-529-overloaded-error',
    'https://www.developersdigest.tech/errors/api/anthropic-api/429-enforced-spend-limit-reached',
    'https://github.com/anthropics/claude-code/issues/66314 (credit balance is too low, 400)',
    'https://platform.claude.com/docs/en/api/rate-limits (spend limits)',
  ],
  unverified: ['zone', 'baseUrlEnv', 'pricedAt'],
}
