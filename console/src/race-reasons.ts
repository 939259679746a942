import { useText } from '@paddock/webkit/text/language.tsx'
import { texts } from '@paddock/webkit/text/texts.ts'

/**
 * The reasons that verdicts on races give, in the language of the page. They come as sentences; what is known is told in other words,
 * and what a person wrote stays as it came. `$1` stands for a number.
 */
const text = texts({
  en: {
    started: 'started',
    saving: '$1 % less for the traffic of $2 days',
    worse: 'proven to be worse than the margin allows',
    uncertain: 'no certainty within the trials it may use',
    passed: 'not worse than the margin allows, and every other gate passed at the same moment',
    stayed: 'stayed good enough for as long as it was watched',
    cannotWin: 'cannot win any more',
    slipped: 'worse than the old champion by more than $1',
    fails: 'its calls fail too often',
    shares: 'units do not arrive in the planned shares',
    byHand: 'stopped by hand',
    backByHand: 'rolled back by hand',
    asProposed: 'promoted by hand, as proposed',
    against: 'promoted by hand, against the evidence',
    young: 'runs for less than $1 h',
    few: 'fewer than $1 rated units in an arm',
    lopsided: 'one arm is rated more often than the other',
  },
  zh: {
    started: '开始',
    saving: '$2 天的流量可少花 $1%',
    worse: '已证明差距超出容许范围',
    uncertain: '在可用的试验次数内未能定论',
    passed: '差距在容许范围内，且其他检验项同时通过',
    stayed: '观察期内始终足够好',
    cannotWin: '已无胜算',
    slipped: '比原擂主差 $1 以上',
    fails: '调用失败过多',
    shares: '各组单元的到达比例与计划不符',
    byHand: '人工停止',
    backByHand: '人工回滚',
    asProposed: '按建议人工晋升',
    against: '违背证据的人工晋升',
    young: '开始不足 $1 小时',
    few: '某一组有评价的单元少于 $1 个',
    lopsided: '一组比另一组更常得到评价',
  },
  ja: {
    started: '開始',
    saving: '$2 日分のトラフィックで $1% 減',
    worse: '許容差を超えて劣ると証明された',
    uncertain: '使えるトライアル数では結論が出ない',
    passed: '許容差の範囲内で、ほかのゲートも同時に通過',
    stayed: '監視期間を通じて十分に良かった',
    cannotWin: 'もう勝ち目がない',
    slipped: '旧チャンピオンより $1 を超えて劣る',
    fails: '呼び出しの失敗が多すぎる',
    shares: '各群への割り当てが計画と合わない',
    byHand: '手動で停止',
    backByHand: '手動でロールバック',
    asProposed: '提案どおり手動で昇格',
    against: '証拠に反して手動で昇格',
    young: '開始から $1 時間未満',
    few: '評価されたユニットが $1 未満の群がある',
    lopsided: '一方の群のほうが多く評価されている',
  },
})

/** Reads a reason, whatever language the page has. */
export function useReason(): (reason: string) => string {
  const words = useText(text)
  return (reason) => reasonIn(reason, words)
}

/** Exported for its test. */
export function reasonIn(reason: string, words: Readonly<Record<keyof typeof text.en, string>>): string {
  for (const [name, english] of Object.entries(text.en)) {
    const found = new RegExp(`^${english.replace(/\$\d/g, '([\\d.,]+)')}$`).exec(reason)
    if (found)
      return words[name as keyof typeof text.en].replace(/\$(\d)/g, (_, place: string) => found[Number(place)] ?? '')
  }
  return reason
}

export const reasonWords = text
