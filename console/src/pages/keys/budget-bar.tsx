import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { text } from './text.ts'
import { fillOf, type Budget } from './used.ts'
import { useWindowWords } from './words.ts'

/** How much of a budget is spent, and behind it what is held. */
export function BudgetBar({ budget, words = false }: { readonly budget: Budget; readonly words?: boolean }) {
  const t = useText(text)
  const { money } = useFormat()
  const windowWords = useWindowWords()
  const { spent, held, tone } = fillOf(budget)
  const [spentText, heldText, limitText] = [budget.spent, budget.held, budget.limit].map(money) as [
    string,
    string,
    string,
  ]
  return (
    <span className="flex min-w-28 flex-col gap-1">
      {words && (
        <span className="tabular text-xs whitespace-nowrap">
          {t.ofLimit(spentText, limitText)} <span className="text-ink-3">{t.per(windowWords(budget.window))}</span>
        </span>
      )}
      <Bar share={spent} more={held} tone={tone} label={t.barLabel(spentText, heldText, limitText)} />
    </span>
  )
}
