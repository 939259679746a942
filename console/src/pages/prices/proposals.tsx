import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Badge } from '@paddock/webkit/ui/badge.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Empty, Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { Segments } from '@paddock/webkit/ui/segments.tsx'
import { Inbox } from 'lucide-react'
import { useState } from 'react'
import { useAsk } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { EffectiveChanges } from './effective-changes.tsx'
import { DecideDialog, type Decision } from './decide-dialog.tsx'
import type { TabProps } from './search.ts'
import { text } from './text.ts'

export type Proposal = Answer<'price_proposals.list'>['items'][number]

/** Prices that a feed lists differently, for somebody to decide. */
export function Proposals({ search, onChange }: TabProps) {
  const t = useText(text)
  const proposals = useAsk('price_proposals.list', {})
  const [decision, setDecision] = useState<Decision | null>(null)
  const shown = proposals.data?.items.filter(({ status }) => (status === 'open') !== (search.past === true))
  return (
    <>
      <div>
        <Segments
          label={t.tabs.proposals}
          value={search.past ? 'past' : 'open'}
          onChange={(value) => onChange({ past: value === 'past' ? true : undefined })}
          options={[
            { value: 'open', label: t.openOnes },
            { value: 'past', label: t.decidedOnes },
          ]}
        />
      </div>
      {proposals.error !== null && <ErrorNote error={proposals.error} onRetry={() => void proposals.refetch()} />}
      {proposals.data === undefined && proposals.error === null && <Skeleton className="h-48" />}
      {shown?.length === 0 && (
        <Panel>
          <Empty icon={Inbox} title={search.past ? t.noneDecided : t.noneOpen}>
            <p className="mb-3">{t.proposalsHint}</p>
            <CopyBlock value="paddock prices propose data.json" label={t.proposalsHint} />
          </Empty>
        </Panel>
      )}
      <ul className="grid items-start gap-3 xl:grid-cols-2">
        {shown?.map((proposal) => (
          <li key={proposal.id}>
            <Card proposal={proposal} onDecide={setDecision} onOpen={() => onChange({ of: proposal.model })} />
          </li>
        ))}
      </ul>
      {decision !== null && <DecideDialog decision={decision} onClose={() => setDecision(null)} />}
    </>
  )
}

type CardProps = {
  readonly proposal: Proposal
  readonly onDecide: (decision: Decision) => void
  readonly onOpen: () => void
}

function Card({ proposal, onDecide, onOpen }: CardProps) {
  const t = useText(text)
  const { moment, exactMoment } = useFormat()
  const { model, changes, doubts, outranked_by, source, status, proposed_at, decided_at, decided_by, row } = proposal
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          <button type="button" className="text-left hover:underline" onClick={onOpen}>
            {model}
          </button>
          {status !== 'open' && <Badge tone={status === 'accepted' ? 'ok' : 'plain'}>{t.statuses[status]}</Badge>}
          {[...new Set(doubts.map(({ doubt }) => doubt))].map((doubt) => (
            <Badge key={doubt} tone="warn">
              {t.doubts[doubt]}
            </Badge>
          ))}
        </span>
      }
      hint={
        <span title={exactMoment(proposed_at)}>
          {source} · {moment(proposed_at)}
          {decided_at !== null && ` · ${t.decidedBy(decided_by ?? '—', moment(decided_at))}`}
        </span>
      }
      actions={status === 'open' && <Buttons proposal={proposal} onDecide={onDecide} />}
    >
      <div className="flex flex-col gap-3">
        <EffectiveChanges changes={changes} currency={typeof row['currency'] === 'string' ? row['currency'] : ''} />
        {doubts.length > 0 && (
          <Note tone="warn" title={t.doubtsTitle}>
            <ul>
              {doubts.map(({ reason }) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </Note>
        )}
        {outranked_by !== null && <Note>{t.outranked(outranked_by)}</Note>}
      </div>
    </Panel>
  )
}

function Buttons({ proposal, onDecide }: Pick<CardProps, 'proposal' | 'onDecide'>) {
  const t = useText(text)
  const may = useMay('owner', 'admin', 'billing')
  const why = may ? undefined : t.mayNotDecide
  return (
    <div className="flex gap-2">
      <Button disabled={!may} title={why} onClick={() => onDecide({ proposal, accepts: false })}>
        {t.reject}
      </Button>
      <Button kind="primary" disabled={!may} title={why} onClick={() => onDecide({ proposal, accepts: true })}>
        {t.accept}
      </Button>
    </div>
  )
}
