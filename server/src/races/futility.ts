import type { Compared } from './compared.ts'
import { BETS, countOf, gain, logEvidence, type Sample } from './evidence.ts'
import type { GateRule } from './gate.ts'
import { intervalOf } from './interval.ts'

/** The hope that is granted: the upper end of the 80 % interval. */
const HOPE_ALPHA = 0.2

/**
 * True when the race cannot be won any more, even if the truth is as good as the upper end of the 80 % interval: the best bet
 * on what is left, ln K + (n_max − n) · max_f E ln(1 + f x), would still miss the threshold. Only asked from half of n_max on.
 * Stopping early for this reason never promotes anybody, so it cannot hurt α.
 */
export function isFutile(compared: Compared, rule: GateRule, trialsMax: number): boolean {
  const n = countOf(compared.against)
  if (n < trialsMax / 2) return false
  const m = -rule.margin
  const hope = intervalOf(compared.inFavour, HOPE_ALPHA).high
  const growth = Math.max(...BETS.map((bet) => expectedGrowth(bet, { samples: compared.against, hope, m, n })))
  const reachable = logEvidence('above', compared.against, m) + Math.max(0, trialsMax - n) * Math.max(0, growth)
  return reachable < Math.log(rule.challengers / rule.alpha)
}

type Outlook = { readonly samples: readonly Sample[]; readonly hope: number; readonly m: number; readonly n: number }

/** E ln(1 + f x) if values keep their shape but their mean were the one hoped for: a share of them turns into the best value. */
function expectedGrowth(bet: number, { samples, hope, m, n }: Outlook): number {
  const logOf = (value: number, { low, high }: Sample): number =>
    Math.log1p(bet * gain('above', value, { low, high, m }))
  let growth = 0
  let mean = 0
  let best = 0
  for (const sample of samples)
    for (const [value, count] of sample.counts) {
      growth += (count / n) * logOf(value, sample)
      best += (count / n) * logOf(sample.high, sample)
      mean += (count / n) * value
    }
  const high = samples.reduce((sum, sample) => sum + (countOf([sample]) / n) * sample.high, 0)
  const turned = Math.min(1, Math.max(0, (hope - mean) / (high - mean)))
  return (1 - turned) * growth + turned * best
}
