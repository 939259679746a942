import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Bar } from '@paddock/webkit/ui/bar.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useAsk, useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { Page } from '../../shell/page.tsx'
import { BackToRaces } from './back.tsx'
import { DatasetReport } from './dataset-report.tsx'
import { text } from './dataset-text.ts'
import { JobBadge, type Job } from './datasets.tsx'
import { Evidence } from './evidence.tsx'
import { Fate } from './fate.tsx'
import { Against, ModelName } from './model-name.tsx'
import { usePoints } from './points.ts'

const RUNNING_MS = 1_000

/** One race on the practice data: how far it is while it runs, and its report when it has one. */
export function DatasetPage({ id }: { readonly id: string }) {
  const t = useText(text)
  const found = useAsk(
    'races.dataset',
    { params: { id } },
    { every: (told) => (told?.job.state === 'running' ? RUNNING_MS : undefined) },
  )
  const detail = found.data?.job.id === id ? found.data : undefined
  return (
    <Page
      title={t.raceOnData}
      hint={detail && <Against wraps champion={detail.job.champion} challengers={detail.job.challengers} />}
      asOf={detail?.as_of}
      actions={
        <>
          <BackToRaces />
          {detail && <StopButton of={detail.job} />}
        </>
      }
    >
      {found.error !== null && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {detail === undefined && found.error === null && <Skeleton className="h-80" />}
      {detail && <Whole of={detail} />}
    </Page>
  )
}

function Whole({ of: { job, report } }: { readonly of: Answer<'races.dataset'> }) {
  const t = useText(text)
  return (
    <>
      {job.problem !== null && (
        <Note tone="bad" title={t.failed}>
          {job.problem}
        </Note>
      )}
      {job.state === 'stopped' && <Note title={t.stoppedNote} />}
      <Progress of={job} />
      {report !== null && <DatasetReport of={report} />}
    </>
  )
}

function Progress({ of }: { readonly of: Job }) {
  const t = useText(text)
  const { number } = useFormat()
  const points = usePoints()
  const { done, max, spent, bars } = of
  const words = t.itemsOf(number(done), number(max))
  return (
    <Panel title={t.progress} hint={t.progressHint} actions={<JobBadge of={of} />}>
      <div className="flex flex-col gap-4" aria-live="off">
        <div className="flex items-center gap-3 text-sm">
          <Bar share={max === 0 ? 0 : done / max} label={words} />
          <span className="tabular whitespace-nowrap text-ink-2">{words}</span>
          <span className="whitespace-nowrap text-ink-2">
            <Money of={spent} />
          </span>
        </div>
        <ul className="flex flex-col gap-3">
          {bars.map(({ model, fate, n, difference, good_enough, too_bad }) => (
            <li
              key={model}
              className="grid items-center gap-x-4 gap-y-1 text-sm sm:grid-cols-[minmax(0,1fr)_minmax(8rem,1fr)_12rem]"
            >
              <span className="flex min-w-0 items-center gap-2">
                <span className="truncate">
                  <ModelName of={model} />
                </span>
                <Fate of={fate} />
              </span>
              <Evidence good={good_enough} bad={too_bad} />
              <span className="tabular text-right text-xs text-ink-2">
                {points(difference)} · {t.items(number(n))}
              </span>
            </li>
          ))}
        </ul>
        {bars.length > 0 && <p className="text-xs text-ink-3">{t.barsHint}</p>}
      </div>
    </Panel>
  )
}

function StopButton({ of: { id, state } }: { readonly of: Job }) {
  const t = useText(text)
  const say = useToast()
  const mayAct = useMay('owner', 'admin', 'developer')
  const stop = useChange('races.stopDataset')
  if (state !== 'running' || !mayAct) return null
  return (
    <Button
      busy={stop.isPending}
      onClick={() => stop.mutate({ params: { id } }, { onSuccess: () => say(t.stoppedNote) })}
    >
      {t.stop}
    </Button>
  )
}
