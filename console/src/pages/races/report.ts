import type { Amount } from '@paddock/webkit/format/format.ts'

/** What the page shows of the report that `paddock race run --json` prints. The control plane passes it on as it was written. */

export type ReportRow = {
  readonly model: string
  /** Null: the champion. */
  readonly fate: string | null
  readonly score: number
  readonly difference: number | null
  readonly interval: { readonly low: number; readonly high: number } | null
  readonly calls: number
  readonly duration: number
  readonly cost: readonly Amount[]
  readonly saving: number | null
}

export type Difference = {
  readonly item: string
  readonly question: string
  readonly right: string
  readonly answers: readonly { readonly model: string; readonly score: number; readonly text: string }[]
}

export type Report = {
  readonly verdict: { readonly kind: string; readonly challenger: string | null; readonly reason: string | null }
  readonly rows: readonly ReportRow[]
  readonly differences: readonly Difference[]
}

type Bill = Pick<ReportRow, 'model' | 'score' | 'calls' | 'cost'> & { readonly duration_ms_mean: number }
type Told = Pick<Report, 'verdict' | 'differences'> & {
  readonly champion: Bill
  readonly challengers: readonly (Bill & {
    readonly fate: string
    readonly difference: number
    readonly interval: { readonly low: number; readonly high: number }
    readonly saving: number | null
  })[]
}

/** Null where it is not what was expected. */
export function readReport(raw: Readonly<Record<string, unknown>>): Report | null {
  if (!isTold(raw)) return null
  const { verdict, champion, challengers, differences } = raw
  const bill = ({ model, score, calls, cost, duration_ms_mean: duration }: Bill) => ({
    model,
    score,
    calls,
    cost,
    duration,
  })
  return {
    verdict,
    differences,
    rows: [
      { ...bill(champion), fate: null, difference: null, interval: null, saving: null },
      ...challengers.map((each) => {
        const { fate, difference, interval, saving } = each
        return { ...bill(each), fate, difference, interval, saving }
      }),
    ],
  }
}

function isTold(raw: unknown): raw is Told {
  const { verdict, champion, challengers, differences } = raw as Partial<Told>
  return (
    typeof verdict?.kind === 'string' &&
    typeof champion?.model === 'string' &&
    Array.isArray(challengers) &&
    challengers.every(({ interval }) => typeof interval?.low === 'number') &&
    Array.isArray(differences)
  )
}
