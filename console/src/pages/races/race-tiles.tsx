import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Monies, Money } from '@paddock/webkit/ui/money.tsx'
import { Stat } from '@paddock/webkit/ui/stat.tsx'
import { useEstimate, usePoints } from './points.ts'
import { text } from './race-text.ts'

type Detail = Answer<'races.find'>
type TilesProps = { readonly of: Detail; readonly shown: Detail['challengers'][number] | undefined }

/** The four numbers of a race: how much better or worse, on how many, what it costs and what it brings. */
export function RaceTiles({ of: { race, plan, saving, race_cost, mirrored }, shown }: TilesProps) {
  const t = useText(text)
  const { number } = useFormat()
  const points = usePoints()
  const estimate = useEstimate(plan.currency)
  const quality = shown?.gates.find(({ gate }) => gate === 'quality')
  const compared = shown ? `${number(shown.units.champion)} / ${number(shown.units.challenger)}` : '—'
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label={t.difference}
        value={points(quality?.difference ?? null)}
        note={shown && quality?.n !== 0 && t.between(points(shown.interval.low), points(shown.interval.high))}
      />
      <Stat label={race.mode === 'split' ? t.unitsRated : t.pairs} value={compared} note={t.armsNote} />
      <Stat
        label={t.raceCost}
        value={estimate(race_cost)}
        note={race.mode === 'split' ? t.splitCostsNothing : t.repeated(number(mirrored.repeated))}
      />
      <SavingTile saving={saving} expected={plan.expected_saving} />
    </div>
  )
}

type SavingTileProps = { readonly saving: Detail['saving']; readonly expected: Detail['plan']['expected_saving'] }

/** What was saved where a promotion can be measured; what price alone promised, before that. */
function SavingTile({ saving, expected }: SavingTileProps) {
  const t = useText(text)
  const { money, exactMoney, number } = useFormat()
  if (saving?.reported) {
    const { currency, saved, counterfactual } = saving.reported
    return (
      <Stat
        label={t.saved}
        title={exactMoney({ amount: saved, currency })}
        value={<Money of={{ amount: saved, currency }} />}
        note={t.of(money({ amount: counterfactual, currency }), number(saving.requests))}
      />
    )
  }
  if (saving) return <Stat label={t.paidSince} value={<Monies of={saving.paid} />} note={t.noRate} />
  if (expected)
    return (
      <Stat
        label={t.expectedSaving}
        title={exactMoney(expected)}
        value={money(expected)}
        note={t.expectedNote(expected.days)}
      />
    )
  return <Stat label={t.saved} value="—" note={t.notPromoted} />
}
