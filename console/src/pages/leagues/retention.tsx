import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Scroll } from '@paddock/webkit/ui/scroll.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Repeat } from 'lucide-react'
import { useMemo } from 'react'
import { useAsk } from '../../query.ts'
import { midnight } from './days.ts'
import type { TabProps } from './page.tsx'
import { PERIODS, type Period } from './search.ts'
import { text } from './text.ts'
import { together, triangle, type Cell, type Row } from './triangle.ts'

/** How far back the triangle looks unless own days are chosen: whole periods, and enough of them to see something. */
export const RETENTION_DAYS: Readonly<Record<Period, number>> = { 1: 21, 7: 12 * 7, 30: 6 * 30 }

/** Of those who came first in a period, how many came in each later one. */
export function Retention({ search, days, openFrom, ready, onChange }: TabProps) {
  const t = useText(text)
  const period = search.period ?? 7
  const query = { from: days.from, to: days.to, period_days: period }
  const retention = useAsk('leagues.retention', { query }, { when: ready })
  const rows = useMemo(
    () => retention.data && triangle(retention.data.items, { period, openFrom }),
    [retention.data, period, openFrom],
  )
  return (
    <Panel
      flush
      title={t.tabs.retention}
      hint={t.retentionHint}
      actions={
        <Segments
          label={t.period}
          value={String(period)}
          onChange={(value) => onChange({ period: PERIODS.find((one) => String(one) === value) })}
          options={PERIODS.map((value) => ({ value: String(value), label: t.periods[value] }))}
        />
      }
    >
      {retention.error !== null && (
        <div className="p-4">
          <ErrorNote error={retention.error} onRetry={() => void retention.refetch()} />
        </div>
      )}
      {rows === undefined && retention.error === null && <Skeleton className="m-4 h-96" />}
      {rows?.length === 0 && (
        <Empty icon={Repeat} title={t.noneCame}>
          {t.noneHint}
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && <Triangle rows={rows} period={period} />}
    </Panel>
  )
}

/** A table that is a picture as well: darker is more. The numbers stand in it, so nothing hangs on colour. */
function Triangle({ rows, period }: { readonly rows: readonly Row[]; readonly period: Period }) {
  const t = useText(text)
  const { number, day } = useFormat()
  const all = together(rows)
  const isAnyOpen = rows.some(({ cells }) => cells.some(({ isOpen }) => isOpen))
  return (
    <Scroll label={t.tabs.retention} className="px-4 pb-4 -outline-offset-2">
      <table className="border-separate border-spacing-0.5 text-xs">
        <caption className="sr-only">{t.retentionHint}</caption>
        <thead>
          <tr className="text-ink-3">
            <th scope="col" rowSpan={2} className="pr-3 text-left align-bottom font-medium whitespace-nowrap">
              {t.cameFirst}
            </th>
            <th scope="col" rowSpan={2} className="pr-3 text-right align-bottom font-medium whitespace-nowrap">
              {t.members}
            </th>
            <th scope="colgroup" colSpan={all.length} className="py-1 pl-1 text-left font-medium">
              {t.later[period]}
            </th>
          </tr>
          <tr className="text-ink-3">
            {all.map((_, later) => (
              <th key={later} scope="col" className="tabular min-w-10 py-1 text-center font-medium">
                {later}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" colSpan={2} className="pr-3 text-left font-semibold whitespace-nowrap">
              {t.together}
            </th>
            {all.map((share, later) => (
              <Square key={later} share={share} title={t.togetherHint} />
            ))}
          </tr>
          {rows.map(({ from, members, cells }) => (
            <tr key={from}>
              <th scope="row" className="pr-3 text-left font-normal whitespace-nowrap text-ink-2">
                {day(midnight(from))}
              </th>
              <td className="pr-3 text-right whitespace-nowrap text-ink-2">{number(members)}</td>
              {cells.map((cell, later) => (
                <CohortSquare key={later} cell={cell} members={members} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isAnyOpen && (
        <p className="mt-3 flex items-center gap-2 text-xs text-ink-3">
          <span aria-hidden className="inline-block h-4 w-6 rounded-[3px] border border-dashed border-edge" />
          {t.notOver}
        </p>
      )}
    </Scroll>
  )
}

function CohortSquare({ cell: { active, share, isOpen }, members }: { readonly cell: Cell; readonly members: number }) {
  const t = useText(text)
  const { number } = useFormat()
  const told = t.came(number(active), number(members))
  return <Square share={share} isOpen={isOpen} title={isOpen ? `${told} ${t.notOver}` : told} />
}

type SquareProps = { readonly share: number | null; readonly title: string; readonly isOpen?: boolean }

function Square({ share, title, isOpen = false }: SquareProps) {
  const { percent } = useFormat()
  return (
    <td
      title={title}
      style={share === null ? {} : { background: shade(isOpen ? share / 3 : share) }}
      className={classNames(
        'tabular h-8 min-w-10 rounded-[3px] border px-1 text-center whitespace-nowrap',
        isOpen ? 'border-dashed border-edge' : 'border-transparent',
      )}
    >
      {share === null ? <span className="text-ink-3">—</span> : percent(Math.round(share * 100) / 100)}
    </td>
  )
}

/** Never so strong that ink on it is hard to read: the contrast is at least 5:1 in both themes. */
function shade(share: number): string {
  const mixed = (most: number): string =>
    `color-mix(in srgb, var(--color-accent) ${(share * most).toFixed(1)}%, var(--color-page))`
  return `light-dark(${mixed(70)}, ${mixed(42)})`
}
