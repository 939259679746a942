import type { Provider } from './provider.ts'

export const ollama: Provider = {
  id: 'ollama',
  name: { en: 'Ollama (local)', zh: 'Ollama（本地）', ja: 'Ollama（ローカル）' },
  dialect: 'openai-chat',
  baseUrl: 'http://localhost:11434/v1',
  auth: 'none',
  keyEnv: [],
  baseUrlEnv: ['OLLAMA_BASE_URL', 'OLLAMA_HOST'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  abortBills: 'produced',
  pricedAt: 'accepted',
  evidence: [
    'github:ollama/ollama@fb3076099 docs/api/openai-compatibility.mdx',
    'github:ollama/ollama@fb3076099 openai/openai.go',
  ],
  unverified: ['currency', 'zone', 'usage.reasoningInOutput', 'abortBills', 'pricedAt'],
}
