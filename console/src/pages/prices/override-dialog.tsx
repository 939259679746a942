import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { ErrorNote } from '@paddock/webkit/ui/note.tsx'
import { text as shared } from '@paddock/webkit/ui/text.ts'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { bodyOf, type Draft } from './override-draft.ts'
import { OverrideForm } from './override-form.tsx'
import { OverridePreview } from './override-preview.tsx'
import { text as ownText } from './override-text.ts'

/** Sets a price in two steps: what it is, and what it would do. Only the second one sets it. */
export function OverrideDialog({ start, onClose }: { readonly start: Draft; readonly onClose: () => void }) {
  const own = useText(ownText)
  const words = useText(shared)
  const say = useToast()
  const [draft, setDraft] = useState(start)
  const preview = useChange('price_overrides.preview', [])
  const create = useChange('price_overrides.create', ['price_overrides', 'price_proposals', 'prices'])
  const body = bodyOf(draft)
  const set = (): void =>
    create.mutate(
      { body },
      {
        onSuccess: () => {
          say(own.priceSet(draft.model))
          onClose()
        },
      },
    )
  const isSeen = preview.data !== undefined
  return (
    <Dialog
      open
      shape="wide"
      onClose={onClose}
      title={draft.replaces === undefined ? own.setPrice : own.replaceTitle(start.model)}
      description={isSeen ? own.previewHint : own.formHint}
      footer={
        isSeen ? (
          <>
            <Button onClick={preview.reset}>{own.back}</Button>
            <Button kind="primary" busy={create.isPending} onClick={set}>
              {own.setThis}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>{words.cancel}</Button>
            <Button kind="primary" busy={preview.isPending} type="submit" form="override">
              {own.preview}
            </Button>
          </>
        )
      }
    >
      {preview.data !== undefined ? (
        <OverridePreview preview={preview.data} />
      ) : (
        <form
          id="override"
          onSubmit={(event) => {
            event.preventDefault()
            preview.mutate({ body })
          }}
        >
          <OverrideForm draft={draft} onChange={setDraft} error={preview.error} />
        </form>
      )}
      {create.error !== null && <ErrorNote error={create.error} />}
    </Dialog>
  )
}
