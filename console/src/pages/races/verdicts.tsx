import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge, type Tone } from '@paddock/webkit/ui/badge.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useAsk, usePages } from '../../query.ts'
import { useReason } from '../../race-reasons.ts'
import { ModelName } from './model-name.tsx'
import { text } from './trial-text.ts'

type Verdict = Answer<'races.verdicts'>['items'][number]

const TONES: Readonly<Record<Verdict['kind'], Tone>> = {
  start: 'accent',
  propose: 'warn',
  promote: 'ok',
  drop: 'plain',
  reject: 'bad',
  inconclusive: 'plain',
  abort: 'bad',
  stop: 'plain',
  rollback: 'bad',
  settle: 'ok',
}

/** What was decided, by whom and on what evidence; each verdict holds the hash of the one before. */
export function Verdicts({ race }: { readonly race: string }) {
  const t = useText(text)
  const list = usePages('races.verdicts', { query: { race } })
  const [isAsked, setAsked] = useState(false)
  const check = useAsk('races.verify', {}, { when: isAsked })
  const again = (): void => {
    if (isAsked) void check.refetch()
    setAsked(true)
  }
  return (
    <Panel
      title={t.verdicts}
      hint={t.verdictsHint}
      actions={
        <Button small icon={ShieldCheck} busy={check.isFetching} onClick={again}>
          {t.verify}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {check.error !== null && <ErrorNote error={check.error} />}
        {check.data && <Checked of={check.data} />}
        {list.error !== null && <ErrorNote error={list.error} onRetry={list.refetch} />}
        {list.rows === undefined && list.error === null && <Skeleton className="h-24" />}
        <ol className="flex flex-col">
          {list.rows?.map((verdict) => (
            <VerdictRow key={verdict.id} of={verdict} />
          ))}
        </ol>
        {list.more && (
          <Button kind="quiet" busy={list.moreBusy} onClick={list.more}>
            {t.older}
          </Button>
        )}
      </div>
    </Panel>
  )
}

function Checked({ of: { ok, verdicts, head, broken } }: { readonly of: Answer<'races.verify'> }) {
  const t = useText(text)
  const { number } = useFormat()
  if (!ok) return <Note tone="bad" title={t.chainBroken(broken ?? '—')} />
  return (
    <Note title={t.chainWhole(number(verdicts))}>
      {head !== null && (
        <div className="mt-1 flex flex-col gap-1">
          {t.head}
          <CopyBlock value={head} />
        </div>
      )}
    </Note>
  )
}

function VerdictRow({ of: { at, kind, challenger, actor, reason, evidence, hash } }: { readonly of: Verdict }) {
  const t = useText(text)
  const { moment, exactMoment } = useFormat()
  const reasonOf = useReason()
  return (
    <li className="grid gap-x-4 gap-y-1 border-t border-line py-2 text-sm first:border-0 sm:grid-cols-[9rem_7rem_minmax(0,1fr)]">
      <time dateTime={at} title={exactMoment(at)} className="tabular text-ink-3">
        {moment(at)}
      </time>
      <span>
        <Badge tone={TONES[kind]}>{t.verdictKinds[kind]}</Badge>
      </span>
      <div className="min-w-0">
        <p>
          {challenger !== null && (
            <>
              <ModelName of={challenger} /> ·{' '}
            </>
          )}
          <span className="text-ink-2">{reasonOf(reason)}</span>
        </p>
        <p className="text-xs text-ink-3">
          {actor === 'referee' ? t.referee : actor} · <code title={hash}>{hash.slice(0, 12)}…</code>
        </p>
        {isSomething(evidence) && (
          <details className="mt-1 text-xs">
            <summary className="cursor-pointer text-link">{t.evidenceThen}</summary>
            <pre tabIndex={0} className="mt-1 max-h-72 overflow-auto rounded-control bg-side p-3 font-mono">
              {JSON.stringify(evidence, null, 2)}
            </pre>
          </details>
        )}
      </div>
    </li>
  )
}

function isSomething(evidence: unknown): boolean {
  return typeof evidence === 'object' && evidence !== null && Object.keys(evidence).length > 0
}
