import type { Answer } from '@paddock/webkit/api/operation.ts'
import { trimZeros, useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { TrendingDown } from 'lucide-react'
import { useState } from 'react'
import { useAsk } from '../../query.ts'
import { PricedModel } from './model-name.tsx'
import type { Starting } from './start-form.ts'
import { text } from './text.ts'

type Proposal = Answer<'races.proposals'>['items'][number]
type ProposalsProps = { readonly onStart: ((from: Starting) => void) | undefined }

const SHOWN = 3

/** Races that a fallen price suggests and nobody has started. Without any, there is nothing to see. */
export function Proposals({ onStart }: ProposalsProps) {
  const t = useText(text)
  const [isWhole, setWhole] = useState(false)
  const open = useAsk('races.proposals', { query: { open: 'true' } }, { every: 60_000 })
  if (open.error !== null) return <ErrorNote error={open.error} onRetry={() => void open.refetch()} />
  const all = open.data?.items ?? []
  if (all.length === 0) return null
  const shown = isWhole ? all : all.slice(0, SHOWN)
  return (
    <Panel flush title={t.proposals} hint={t.proposalsHint}>
      <ul>
        {shown.map((proposal) => (
          <Row key={proposal.id} of={proposal} onStart={onStart} />
        ))}
      </ul>
      {all.length > shown.length && (
        <div className="border-t border-line p-2 text-center">
          <Button kind="quiet" onClick={() => setWhole(true)}>
            {t.allProposals(all.length)}
          </Button>
        </div>
      )}
    </Panel>
  )
}

function Row({ of, onStart }: { readonly of: Proposal } & ProposalsProps) {
  const t = useText(text)
  const { money, exactMoney, day, exactMoment } = useFormat()
  const { saving, percent } = of
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-3">
      <TrendingDown size={16} aria-hidden className="shrink-0 text-accent" />
      <div className="min-w-0 flex-1 basis-60 text-sm">
        <p>
          <span className="font-medium">{of.route}</span> · <PricedModel of={of.champion} />{' '}
          <span className="text-ink-3">→</span> <PricedModel of={of.challenger} />
        </p>
        <p className="text-xs text-ink-3">
          {t.fell} <time title={exactMoment(of.at)}>{day(of.at)}</time>
        </p>
      </div>
      <p className="text-right text-sm" title={exactMoney(saving)}>
        <span className="tabular font-medium">{t.inDays(money(saving), saving.days)}</span>
        <span className="block text-xs text-ink-3">{t.lessThanNow(trimZeros(percent))}</span>
      </p>
      {onStart && (
        <Button kind="primary" onClick={() => onStart({ proposal: of })}>
          {t.start}
        </Button>
      )}
    </li>
  )
}
