/**
 * Words by which models name themselves and their makers: what gives away who wrote an answer. They are taken out only where
 * an answer speaks of itself.
 */
export const SELF_NAMES: readonly string[] =
  `OpenAI, ChatGPT, GPT, Anthropic, Claude, Google, DeepMind, Gemini, Gemma, Bard, xAI, Grok, Meta AI, Llama, Mistral,
  Mixtral, DeepSeek, 深度求索, Alibaba Cloud, Alibaba, 阿里云, 阿里巴巴, Tongyi, 通义千问, 通义, Qwen, ByteDance, 字节跳动,
  Doubao, 豆包, Moonshot AI, Moonshot, 月之暗面, Kimi, Zhipu, 智谱, ChatGLM, GLM, 01.AI, 零一万物, Yi-Large, MiniMax,
  StepFun, 阶跃星辰, Baidu, 百度, ERNIE, 文心一言, Tencent, 腾讯, Hunyuan, 混元, iFlytek, 科大讯飞, 讯飞星火, Baichuan,
  百川智能, 百川`
    .split(',')
    .map((name) => name.trim())
