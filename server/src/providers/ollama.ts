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
  tasks: { embeddings: '/embeddings' },
  spelling: {
    reasoningSwitch: { effort: { path: 'reasoning_effort', levels: ['none', 'low', 'medium', 'high', 'max'] } },
    unsupported: ['tool_choice', 'logit_bias', 'user', 'n'],
  },
  errors: { overload: { words: ['maximum pending requests exceeded'] } },
  failures: { money: 'none', overload: 'marked', filter: 'none' },
  abortBills: 'produced',
  pricedAt: 'accepted',
  evidence: [
    'github:ollama/ollama@fb3076099 docs/api/openai-compatibility.mdx',
    'github:ollama/ollama@fb3076099 openai/openai.go',
    'github:ollama/ollama@fb3076099 server/sched.go (maximum pending requests)',
  ],
  unverified: ['currency', 'zone', 'usage.reasoningInOutput', 'abortBills', 'pricedAt'],
}
