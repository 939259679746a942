import type { Provider } from './provider.ts'

/** The switch is that of most models; a few call it `thinking`. Some parsers of reasoning leave it in the text. */
export const vllm: Provider = {
  id: 'vllm',
  name: { en: 'vLLM (self-hosted)', zh: 'vLLM（自托管）', ja: 'vLLM（セルフホスト）' },
  dialect: 'openai-chat',
  baseUrl: 'http://localhost:8000/v1',
  auth: 'optional',
  keyEnv: ['VLLM_API_KEY'],
  baseUrlEnv: ['VLLM_BASE_URL'],
  currency: 'USD',
  zone: 'UTC',
  usage: { streamOption: true, reasoningInOutput: true },
  tasks: { embeddings: '/embeddings', rerank: '/rerank', transcriptions: '/audio/transcriptions' },
  spelling: {
    reasoningSwitch: { toggle: { path: 'chat_template_kwargs.enable_thinking', on: true, off: false } },
    thinkTags: true,
  },
  failures: { money: 'none', overload: 'unverified', filter: 'none' },
  abortBills: 'produced',
  pricedAt: 'accepted',
  evidence: [
    'https://docs.vllm.ai/en/v0.32.0/serving/online_serving/ (embeddings, rerank, transcriptions)',
    'github:vllm-project/vllm@00256d59 docs/features/reasoning_outputs.md',
    'github:vllm-project/vllm docs/getting_started/quickstart.md (VLLM_API_KEY)',
    'github:vllm-project/vllm@00256d59 vllm/entrypoints/openai (--enable-force-include-usage)',
  ],
  unverified: ['currency', 'zone', 'usage.reasoningInOutput', 'abortBills', 'pricedAt'],
}
