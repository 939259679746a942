/** How fast a recorded model speaks. The name is that of its file in practice/answers. */
export type PracticeModel = { readonly firstTokenMs: number; readonly tokensPerSecond: number }

/**
 * The models with recorded answers, at speeds of the order that was published for them in 2024. Round figures: they set
 * the pace of a stream and nothing else, so no price and no verdict depends on them.
 *
 * Read at community.openai.com/t/768559 (GPT-4o 63, GPT-3.5 68 tokens a second), s-anand.net/blog/how-fast-are-llms-in-
 * production (Claude 70 and more, GPT-4o mini like GPT-4o) and tokenwisehq.com/free-tools/model-speed (Gemini 1.5 Flash
 * 190, 350 ms); the others are set beside them by size.
 */
export const PRACTICE_MODELS: Readonly<Record<string, PracticeModel>> = {
  'gpt-4o-2024-05-13': { firstTokenMs: 550, tokensPerSecond: 63 },
  'gpt-4o-mini-2024-07-18': { firstTokenMs: 450, tokensPerSecond: 70 },
  'gpt-3.5-turbo-0125': { firstTokenMs: 400, tokensPerSecond: 68 },
  'claude-3-5-sonnet-20240620': { firstTokenMs: 900, tokensPerSecond: 72 },
  'claude-3-haiku-20240307': { firstTokenMs: 450, tokensPerSecond: 90 },
  'gemini-1.5-flash': { firstTokenMs: 350, tokensPerSecond: 190 },
  'deepseek-v2-chat-0628': { firstTokenMs: 1_200, tokensPerSecond: 20 },
  'deepseek-v2.5-0908': { firstTokenMs: 1_200, tokensPerSecond: 20 },
  'qwen2-72b-instruct': { firstTokenMs: 700, tokensPerSecond: 40 },
  'qwen2-7b-instruct': { firstTokenMs: 350, tokensPerSecond: 90 },
  'yi-large': { firstTokenMs: 800, tokensPerSecond: 35 },
  'yi-1.5-34b-chat': { firstTokenMs: 600, tokensPerSecond: 45 },
  'meta-llama-3.1-70b-instruct': { firstTokenMs: 500, tokensPerSecond: 50 },
  'meta-llama-3.1-8b-instruct': { firstTokenMs: 300, tokensPerSecond: 110 },
}
