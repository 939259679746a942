import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { PlanFacts } from './plan-facts.tsx'
import { text } from './text.ts'

/** What would be started, and how long it is planned to take. */
export function Planned({ of }: { readonly of: Answer<'races.plan'> }) {
  const t = useText(text)
  const { number } = useFormat()
  const { trials_planned, requests_a_day, days_planned } = of
  const days = days_planned === null ? null : number(Math.max(1, Math.ceil(days_planned)))
  return (
    <section aria-label={t.plan} className="flex flex-col gap-3">
      <Note title={days === null ? t.noTraffic(number(trials_planned)) : t.takes(number(trials_planned), days)}>
        {t.trafficNote(number(Math.round(requests_a_day)))}
      </Note>
      <PlanFacts plan={of.plan} auto={of.auto} mode={of.mode} />
    </section>
  )
}
