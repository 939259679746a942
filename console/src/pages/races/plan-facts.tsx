import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { text } from './text.ts'

type PlanFactsProps = {
  readonly plan: Answer<'races.plan'>['plan']
  readonly mode: 'split' | 'shadow'
  readonly auto: boolean
}

/** What a race is frozen as. */
export function PlanFacts({ plan, mode, auto }: PlanFactsProps) {
  const t = useText(text)
  const { number, percent, duration } = useFormat()
  const { bounds, shadow, expected_saving: expected } = plan
  return (
    <Facts
      facts={[
        [t.mode, t.modes[mode]],
        [t.unit, t.units[plan.unit]],
        [t.margin, `${number(plan.margin * 100)} pp`],
        [t.alpha, percent(plan.alpha)],
        [t.savingAsked, plan.saving === null ? t.noSaving : percent(plan.saving)],
        [
          t.ramp,
          mode === 'split' && `${plan.ramp.map((share) => percent(share)).join(' → ')} · ${t.hours(plan.ramp_hours)}`,
        ],
        [t.atLeast, t.hours(plan.min_hours)],
        [t.atMost, t.trials(number(plan.trials_max))],
        [t.window, t.hours(Math.round(plan.window_hours * 10) / 10)],
        [t.latencyBound, bounds.latency_ms === null ? t.unknownBound : duration(bounds.latency_ms)],
        [t.firstTokenBound, bounds.first_token_ms === null ? t.unknownBound : duration(bounds.first_token_ms)],
        [t.budget, shadow && <Money key="budget" of={{ amount: shadow.budget, currency: plan.currency }} />],
        [
          t.grader,
          shadow && `${t.graders[shadow.grader.kind]}${shadow.grader.model ? ` · ${shadow.grader.model}` : ''}`,
        ],
        [t.promotes, auto ? t.byItself : t.byPerson],
        [t.pacer, `${percent(plan.pacer)} · ${t.days(number(plan.watch_days))}`],
        [t.expected, expected && <Expected key="expected" of={expected} />],
      ]}
    />
  )
}

function Expected({ of }: { readonly of: NonNullable<PlanFactsProps['plan']['expected_saving']> }) {
  const t = useText(text)
  const { money, exactMoney } = useFormat()
  return <span title={exactMoney(of)}>{t.inDays(money(of), of.days)}</span>
}
