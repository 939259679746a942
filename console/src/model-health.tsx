import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { texts } from '@paddock/webkit/text/texts.ts'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'

const text = texts({
  en: {
    good: 'Good',
    failing: 'Failing',
    limited: 'Limited by the provider',
    outOfMoney: 'Out of money there',
    notCalled: 'Not called',
    again: (when: string) => `tried again in ${when}`,
  },
  zh: {
    good: '正常',
    failing: '连续失败',
    limited: '被供应商限流',
    outOfMoney: '供应商余额不足',
    notCalled: '未调用',
    again: (when: string) => `${when}后重试`,
  },
  ja: {
    good: '正常',
    failing: '失敗が続いています',
    limited: 'プロバイダーの制限中',
    outOfMoney: 'プロバイダーの残高不足',
    notCalled: '呼び出しなし',
    again: (when: string) => `${when}後に再試行`,
  },
})

type Word = Exclude<keyof (typeof text)['en'], 'again'>

/** What the server says of a model, and which word that is here; what is not known is shown as it came. */
const WORDS: Readonly<Record<string, readonly [Word, Tone]>> = {
  good: ['good', 'ok'],
  failing: ['failing', 'bad'],
  'limited by the provider': ['limited', 'warn'],
  'out of money at the provider': ['outOfMoney', 'bad'],
  'not called': ['notCalled', 'plain'],
}
const HINDRANCE = /^(.+), tried again in (\d+) s$/

/** Whether a model can be called now, and if not, when it is tried again. */
export function ModelHealth({ health }: { readonly health: string }) {
  const t = useText(text)
  const { duration } = useFormat()
  const [, kind = health, seconds] = HINDRANCE.exec(health) ?? []
  const [word, tone] = WORDS[kind] ?? [null, 'warn' as const]
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Badge tone={tone}>{word === null ? kind : t[word]}</Badge>
      {seconds !== undefined && <span className="text-xs text-ink-3">{t.again(duration(Number(seconds) * 1000))}</span>}
    </span>
  )
}
