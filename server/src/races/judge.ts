import { intervalOf } from './interval.ts'

/**
 * Judging by a model. Models prefer what they read first (L. Zheng et al., arXiv 2306.05685), so a judge is asked twice, in
 * both orders, and only what it says both times counts in full.
 */
export type Judgement = 'first' | 'second' | 'tie'

/** The two verdicts on one pair of answers; null when an answer of the judge could not be read, even on a second try. */
export type BothOrders = {
  /** With the champion's answer shown first. */
  readonly championFirst: Judgement | null
  readonly challengerFirst: Judgement | null
}

/**
 * d from −1 (champion better) to 1 (challenger better): the mean of the two, so a judge that contradicts itself says 0. Null
 * when one is missing: what was not said is never a tie.
 */
export function preferenceOf({ championFirst, challengerFirst }: BothOrders): number | null {
  if (championFirst === null || challengerFirst === null) return null
  return (FOR_SECOND[championFirst] - FOR_SECOND[challengerFirst]) / 2
}

const FOR_SECOND = { first: -1, tie: 0, second: 1 } as const

/** True when both orders name the same winner, or both a tie. */
function agrees({ championFirst, challengerFirst }: BothOrders): boolean {
  if (championFirst === null || challengerFirst === null) return false
  return FOR_SECOND[championFirst] + FOR_SECOND[challengerFirst] === 0
}

/** A judged pair whose right answer people have given, where they have. */
export type JudgedPair = BothOrders & { readonly right?: 'champion' | 'challenger' }

export type JudgeStatistics = {
  readonly pairs: number
  /** Pairs with a verdict missing, as a share. */
  readonly missing: number
  /** Share of verdicts (ties aside) for the answer that was shown first. One half is fair. */
  readonly firstPositionShare: number
  /** Share of pairs with the same winner in both orders. */
  readonly agreement: number
  /** Share of labelled pairs it got right with the champion first, with the challenger first, and where both orders agree. */
  readonly accuracy: { readonly championFirst: number; readonly challengerFirst: number; readonly whenAgreeing: number }
  readonly labelled: number
}

export function judgeStatistics(pairs: readonly JudgedPair[]): JudgeStatistics {
  const whole = pairs.filter((pair) => preferenceOf(pair) !== null)
  const verdicts = whole.flatMap(({ championFirst, challengerFirst }) => [championFirst, challengerFirst])
  const decided = verdicts.filter((verdict) => verdict !== 'tie')
  const agreeing = whole.filter(agrees)
  const labelled = whole.filter(({ right }) => right !== undefined)
  const agreeingLabelled = agreeing.filter(({ right }) => right !== undefined)
  const rightWithChampionFirst = (pair: JudgedPair): boolean =>
    pair.championFirst === (pair.right === 'champion' ? 'first' : 'second')
  const rightWithChallengerFirst = (pair: JudgedPair): boolean =>
    pair.challengerFirst === (pair.right === 'challenger' ? 'first' : 'second')
  return {
    pairs: pairs.length,
    missing: share(pairs.length - whole.length, pairs.length),
    firstPositionShare: share(decided.filter((verdict) => verdict === 'first').length, decided.length),
    agreement: share(agreeing.length, whole.length),
    accuracy: {
      championFirst: share(labelled.filter(rightWithChampionFirst).length, labelled.length),
      challengerFirst: share(labelled.filter(rightWithChallengerFirst).length, labelled.length),
      whenAgreeing: share(agreeingLabelled.filter(rightWithChampionFirst).length, agreeingLabelled.length),
    },
    labelled: labelled.length,
  }
}

/** Bounds within which a judge may gate. */
const FAIR = { low: 0.4, high: 0.6 }
const AGREEMENT_MIN = 0.6
const ACCURACY_MIN = 0.65
const LABELLED_MIN = 100
const MISSING_MAX = 0.05
const ALPHA = 0.05

/** A pair whose outcome is known beforehand: an answer that says nothing, or the champion's own once more. */
export type Canary = { readonly kind: 'constant' | 'same'; readonly preference: number | null }

/** Judges err; more often than this they cannot be believed. */
const CANARY_MISSES_MAX = 0.1

/** What speaks against this judge; empty when it may gate. Sick judges stop the gate, not the race. */
export function judgeFaults(pairs: readonly JudgedPair[], canaries: readonly Canary[] = []): string[] {
  const { missing, agreement, accuracy, labelled } = judgeStatistics(pairs)
  const verdicts = pairs.flatMap(({ championFirst, challengerFirst }) => [championFirst, challengerFirst])
  const first = verdicts.filter((verdict) => verdict === 'first').length
  const second = verdicts.filter((verdict) => verdict === 'second').length
  const counts = [[0, second] as const, [1, first] as const]
  const position = intervalOf([{ counts, low: 0, high: 1 }], ALPHA)
  return [
    ...(position.low > FAIR.high || position.high < FAIR.low ? ['prefers an answer for its place'] : []),
    ...(agreement < AGREEMENT_MIN ? ['contradicts itself when the order is swapped'] : []),
    ...(labelled >= LABELLED_MIN && accuracy.whenAgreeing < ACCURACY_MIN ? ['disagrees with people'] : []),
    ...(missing > MISSING_MAX ? ['often gives no verdict that can be read'] : []),
    ...(misses(canaries, 'constant') > CANARY_MISSES_MAX ? ['is taken in by an answer that says nothing'] : []),
    ...(misses(canaries, 'same') > CANARY_MISSES_MAX ? ['prefers one of two answers that are the same'] : []),
  ]
}

function misses(canaries: readonly Canary[], kind: Canary['kind']): number {
  const said = canaries.flatMap((canary) => (canary.kind === kind ? (canary.preference ?? []) : []))
  const wrong = said.filter((preference) => (kind === 'constant' ? preference >= 0 : preference !== 0))
  return share(wrong.length, said.length)
}

function share(part: number, whole: number): number {
  return whole === 0 ? NaN : part / whole
}
