import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { ModelName } from './model-name.tsx'
import { text } from './race-text.ts'

type Detail = Answer<'races.find'>
type Phase = Detail['phases'][number]

/** Shares that are off by chance only would raise an alarm once in a thousand races: ln 1000. */
const ALARM = Math.log(1000)

/** How many units came to each arm, and whether they came in the shares that were planned. */
export function Shares({ of: { phases, race, mirrored } }: { readonly of: Detail }) {
  const t = useText(text)
  const { number } = useFormat()
  return (
    <Panel title={race.mode === 'split' ? t.shares : t.shadowShares} hint={t.sharesHint}>
      <ol className="flex flex-col gap-4">
        {phases.map((phase) => (
          <PhaseRow key={phase.since} of={phase} />
        ))}
      </ol>
      {race.mode === 'shadow' && (
        <p className="mt-3 text-xs text-ink-3">
          {t.mirrored(number(mirrored.repeated), number(mirrored.busy + mirrored.budget + mirrored.tools))}
        </p>
      )}
    </Panel>
  )
}

function PhaseRow({ of: { since, kind, arms, log_share_mismatch: mismatch } }: { readonly of: Phase }) {
  const t = useText(text)
  const { moment, number, percent } = useFormat()
  const all = arms.reduce((sum, { units }) => sum + units, 0)
  return (
    <li>
      <p className="mb-1 flex flex-wrap justify-between gap-x-4 text-xs text-ink-3">
        <span>
          {t.kinds[kind]} · {t.from(moment(since))}
        </span>
        {mismatch !== null && (
          <span className={mismatch >= ALARM ? 'text-bad' : undefined} title={t.mismatchTitle}>
            {mismatch >= ALARM ? t.mismatchBad : t.mismatchGood}
          </span>
        )}
      </p>
      <ul className="flex flex-col gap-1.5">
        {arms.map(({ model, share, units }) => (
          <li
            key={model}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 text-sm sm:grid-cols-[minmax(0,1fr)_6rem_13rem]"
          >
            <span className="truncate">
              <ModelName of={model} />
            </span>
            <span className="hidden sm:block">
              <Bar share={share} label={percent(share)} />
            </span>
            <span className="tabular text-right text-xs text-ink-2">
              {all === 0 ? t.planned(percent(share)) : t.unitsOf(number(units), percent(units / all), percent(share))}
            </span>
          </li>
        ))}
      </ul>
    </li>
  )
}
