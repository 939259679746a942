import type { Provider } from './provider.ts'

/** The key has a name of our own: llama.cpp reads LLAMA_API_KEY, which is also the name of the key of the Llama API. */
export const llamacpp: Provider = {
  id: 'llamacpp',
  name: { en: 'llama.cpp server', zh: 'llama.cpp 服务器', ja: 'llama.cpp サーバー' },
  dialect: 'openai-chat',
  baseUrl: 'http://localhost:8080/v1',
  auth: 'optional',
  keyEnv: ['LLAMACPP_API_KEY'],
  baseUrlEnv: ['LLAMACPP_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  failures: { money: 'none', overload: 'unverified', filter: 'none' },
  tasks: { embeddings: '/embeddings', rerank: '/rerank' },
  abortBills: 'produced',
  pricedAt: 'accepted',
  evidence: [
    'https://mvysny.github.io/llama-server-endpoints/ (rerank)',
    'github:ggml-org/llama.cpp@00dc8057 tools/server/README.md',
  ],
  unverified: [
    'baseUrl',
    'currency',
    'zone',
    'usage.streamOption',
    'usage.reasoningInOutput',
    'abortBills',
    'pricedAt',
  ],
}
