import type { Answer } from '@paddock/webkit/api/operation.ts'
import { addDays } from './days.ts'

/** The retention triangle as it is shown. Pure: tested without a browser. */

export type Cohort = Answer<'leagues.retention'>['items'][number]

export type Cell = {
  readonly active: number
  /** Of those who came first in the period; null where nobody did. */
  readonly share: number | null
  /** The period is not over yet, so more may come. */
  readonly isOpen: boolean
}
export type Row = { readonly from: string; readonly members: number; readonly cells: readonly Cell[] }

type Shape = { readonly period: number; readonly openFrom: string }

/** Without the first periods in which nobody came: there was nothing yet. */
export function triangle(cohorts: readonly Cohort[], { period, openFrom }: Shape): Row[] {
  const first = cohorts.findIndex(({ members }) => members > 0)
  return first === -1
    ? []
    : cohorts.slice(first).map(({ from, members, active }) => ({
        from,
        members,
        cells: active.map((count, later) => ({
          active: count,
          share: members === 0 ? null : count / members,
          isOpen: addDays(from, (later + 1) * period) > openFrom,
        })),
      }))
}

/** All rows together: of those for whom the period is over, how many came. Null where it is over for none. */
export function together(rows: readonly Row[]): (number | null)[] {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length))
  return Array.from({ length: columns }, (_, later) => {
    const over = rows.filter(({ cells }) => cells[later]?.isOpen === false)
    const members = over.reduce((sum, row) => sum + row.members, 0)
    const active = over.reduce((sum, { cells }) => sum + (cells[later]?.active ?? 0), 0)
    return members === 0 ? null : active / members
  })
}
