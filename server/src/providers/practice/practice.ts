import type { Provider } from '../provider.ts'

/** Recorded answers of real models, built in. The host ends in .invalid (RFC 2606), so no request can ever leave for it. */
export const practice: Provider = {
  id: 'practice',
  name: { en: 'Practice', zh: '练习', ja: '練習' },
  dialect: 'openai-chat',
  baseUrl: 'https://practice.invalid/v1',
  auth: 'none',
  keyEnv: [],
  baseUrlEnv: [],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  failures: { money: 'none', overload: 'none', filter: 'none' },
  abortBills: 'produced',
  pricedAt: 'accepted',
  practice: true,
  evidence: ['practice/README.md'],
  unverified: [],
}

/** What to ask first: a problem of which every model's answer is recorded, put to the fastest of them. */
export const PRACTICE_EXAMPLE = {
  model: 'gemini-1.5-flash',
  prompt: 'A robe takes 2 bolts of blue fiber and half that much white fiber.  How many bolts in total does it take?',
} as const
