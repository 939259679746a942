import { NO_USAGE } from '@paddock/contract/usage'
import { countTokens } from '../dialects/token-count.ts'
import type { Measure } from '../dialects/usage-reading.ts'
import type { Called } from './call.ts'
import type { Exchange } from './exchange.ts'
import type { Relayed } from './relayed.ts'
import type { Plan } from './route.ts'

/** What was used, and how that is known. */
export type Metered = Measure

/**
 * Stage 6, meter: the provider's own numbers; else tokens counted in what passed by; else an estimate. Nothing is ever
 * taken for free because its number is missing, and nothing that is not the model's text is counted as output.
 */
export function meter(exchange: Exchange, plan: Plan, ended: Ended): Metered | Promise<Metered> {
  const { usage } = ended.relayed
  return usage ? { usage, source: 'provider', method: 'usage' } : count(exchange, plan, ended)
}

type Ended = { readonly called: Called; readonly relayed: Relayed }

async function count(exchange: Exchange, plan: Plan, { called, relayed }: Ended): Promise<Metered> {
  const why = relayed.usageProblem === null ? '' : ` (${relayed.usageProblem})`
  if (relayed.begun) return countBoth(exchange.dialect.promptText(plan.order.json), relayed, why)
  // The provider was called and the caller hung up: it has read the prompt, so the prompt is charged.
  if (exchange.gone && (called.answer || called.attempts.some(({ outcome }) => outcome === 'cancelled'))) {
    const { tokens, method } = await countTokens(exchange.dialect.promptText(plan.order.json))
    return {
      usage: { ...NO_USAGE, input: tokens },
      source: 'counted',
      method: `${method}: the prompt, nothing was answered`,
    }
  }
  return { usage: NO_USAGE, source: 'estimated', method: `nothing was answered${why}` }
}

async function countBoth(promptText: string, relayed: Relayed, why: string): Promise<Metered> {
  const produced = await countTokens(relayed.written())
  if (relayed.promptUsage) {
    return {
      usage: { ...relayed.promptUsage, output: produced.tokens },
      source: 'counted',
      method: `${produced.method}: the text that arrived; the prompt as the provider told it`,
    }
  }
  const prompt = await countTokens(promptText)
  return {
    usage: { ...NO_USAGE, input: prompt.tokens, output: produced.tokens },
    source: 'counted',
    method: `${produced.method}: the prompt and the text that arrived${why}`,
  }
}
