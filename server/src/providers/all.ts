import type { Provider } from './provider.ts'
import { anthropic } from './anthropic.ts'
import { baichuan } from './baichuan.ts'
import { dashscope } from './dashscope.ts'
import { deepseek } from './deepseek.ts'
import { google } from './google.ts'
import { hunyuan } from './hunyuan.ts'
import { llama } from './llama.ts'
import { llamacpp } from './llamacpp.ts'
import { meta } from './meta.ts'
import { minimax } from './minimax.ts'
import { moonshot } from './moonshot.ts'
import { ollama } from './ollama.ts'
import { openai } from './openai.ts'
import { qianfan } from './qianfan.ts'
import { spark } from './spark.ts'
import { stepfun } from './stepfun.ts'
import { vllm } from './vllm.ts'
import { volcengine } from './volcengine.ts'
import { xai } from './xai.ts'
import { zeroone } from './zeroone.ts'
import { zhipu } from './zhipu.ts'

/** Every provider whose facts are known, in the order they are listed to people. The built-in one is not among them. */
export const PROVIDERS: readonly Provider[] = [
  volcengine,
  deepseek,
  dashscope,
  moonshot,
  zhipu,
  qianfan,
  hunyuan,
  spark,
  baichuan,
  zeroone,
  minimax,
  stepfun,
  openai,
  anthropic,
  google,
  xai,
  meta,
  llama,
  ollama,
  vllm,
  llamacpp,
]
