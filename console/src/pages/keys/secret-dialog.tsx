import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { CopyBlock } from '@paddock/webkit/ui/copy.tsx'
import { Confirm, Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { useState } from 'react'
import { useAsk } from '../../query.ts'
import { text } from './text.ts'

type SecretDialogProps = { readonly made: Answer<'keys.create'>; readonly onClose: () => void }

/** The secret of a new key, which nobody sees again. Who closes it without having copied is asked once more. */
export function SecretDialog({ made: { key, secret }, onClose }: SecretDialogProps) {
  const t = useText(text)
  const models = useAsk('routes.models', {}, { when: key.scopes.includes('call') })
  const [isCopied, setCopied] = useState(false)
  const [isLeaving, setLeaving] = useState(false)
  const close = (): void => (isCopied ? onClose() : setLeaving(true))
  const model = key.models?.find((name) => !name.endsWith('*')) ?? models.data?.items[0]?.name ?? 'provider/model'
  return (
    <>
      <Dialog
        open
        onClose={close}
        shape="wide"
        title={t.secretTitle(key.name)}
        footer={
          <Button kind="primary" onClick={close}>
            {t.done}
          </Button>
        }
      >
        <div className="flex flex-col gap-4" onCopy={() => setCopied(true)}>
          <Note tone="warn">{t.secretHint}</Note>
          <CopyBlock value={secret} label={t.secret} onCopied={() => setCopied(true)} />
          <h3 className="text-sm font-semibold">{t.tryIt}</h3>
          <CopyBlock
            value={key.scopes.includes('call') ? callCommand(secret, model) : readCommand(secret)}
            label={t.tryIt}
            onCopied={() => setCopied(true)}
          />
        </div>
      </Dialog>
      <Confirm
        open={isLeaving}
        onClose={() => setLeaving(false)}
        onConfirm={onClose}
        title={t.leaveTitle}
        deed={t.leave}
      >
        {t.leaveHint}
      </Confirm>
    </>
  )
}

function callCommand(secret: string, model: string): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  return `curl ${location.origin}/v1/chat/completions \\
  -H "Authorization: Bearer ${secret}" \\
  -H "Content-Type: application/json" \\
  -d '${body}'`
}

/** For a key that may call no model: who it is. */
function readCommand(secret: string): string {
  return `curl ${location.origin}/api/session \\
  -H "Authorization: Bearer ${secret}"`
}
