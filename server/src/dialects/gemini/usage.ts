import type { JsonValue } from '../json-text.ts'
import { Counters, type UsageReading } from '../usage-reading.ts'

/**
 * Usage in this dialect: the prompt has the cached tokens in it but not those of tool results, and the candidates do not
 * have the thoughts in them. A counter of nothing is left out.
 */
export function readUsage(usage: JsonValue): UsageReading {
  const counters = new Counters(usage)
  const prompt = counters.needed('promptTokenCount')
  const cached = counters.optional('cachedContentTokenCount') ?? 0
  const toolResults = counters.optional('toolUsePromptTokenCount') ?? 0
  if (prompt === 0) counters.refuse('promptTokenCount is 0, and there is no answer without a prompt')
  if (cached > prompt) counters.refuse(`${cached} cached tokens are more than promptTokenCount, ${prompt}`)
  return counters.reading({
    input: prompt - cached + toolResults,
    cached_input: cached,
    cache_write: 0,
    cache_write_1h: 0,
    output: counters.optional('candidatesTokenCount') ?? 0,
    reasoning: counters.optional('thoughtsTokenCount') ?? 0,
  })
}
