import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { CheckField } from '@paddock/webkit/ui/field.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { text as shared } from '@paddock/webkit/ui/text.ts'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import type { Proposal } from './proposals.tsx'
import { text } from './text.ts'

export type Decision = { readonly proposal: Proposal; readonly accepts: boolean }

/** Asks once more. With doubts, it wants to hear that somebody has looked. */
export function DecideDialog({
  decision: { proposal, accepts },
  onClose,
}: {
  readonly decision: Decision
  readonly onClose: () => void
}) {
  const t = useText(text)
  const words = useText(shared)
  const say = useToast()
  const [isSure, setSure] = useState(false)
  const accept = useChange('price_proposals.accept', ['price_proposals', 'prices'])
  const reject = useChange('price_proposals.reject', ['price_proposals'])
  const params = { id: proposal.id }
  const isDoubtful = accepts && proposal.doubts.some(({ doubt }) => doubt !== 'unknown_model')
  const decided = (said: string) => ({
    onSuccess: () => {
      say(said)
      onClose()
    },
  })
  const decide = (): void =>
    accepts
      ? accept.mutate({ params, body: { despite_doubts: isDoubtful } }, decided(t.accepted(proposal.model)))
      : reject.mutate({ params }, decided(t.rejected(proposal.model)))
  const error = accept.error ?? reject.error
  return (
    <Dialog
      open
      onClose={onClose}
      title={accepts ? t.acceptTitle(proposal.model) : t.rejectTitle(proposal.model)}
      footer={
        <>
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button
            kind={accepts ? 'primary' : 'danger'}
            disabled={isDoubtful && !isSure}
            busy={accept.isPending || reject.isPending}
            onClick={decide}
          >
            {accepts ? t.accept : t.reject}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        <p>{accepts ? t.acceptHint : t.rejectHint}</p>
        {accepts && proposal.outranked_by !== null && <Note>{t.outranked(proposal.outranked_by)}</Note>}
        {isDoubtful && (
          <>
            <Note tone="warn" title={t.doubtsTitle}>
              <ul>
                {proposal.doubts.map(({ reason }) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </Note>
            <CheckField label={t.checked} checked={isSure} onChange={({ target }) => setSure(target.checked)} />
          </>
        )}
        {error !== null && <ErrorNote error={error} />}
      </div>
    </Dialog>
  )
}
