import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button, IconButton } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { Menu } from '@paddock/webkit/ui/menu.tsx'
import { ErrorNote, Note } from '@paddock/webkit/ui/note.tsx'
import { Panel, Skeleton } from '@paddock/webkit/ui/panel.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { EllipsisVertical, Fingerprint, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useAsk, useChange } from '../../query.ts'
import { canUsePasskeys } from '../../session/passkey.ts'
import { useClock } from '../../use-now.ts'
import { AddPasskey, RenamePasskey } from './passkey-dialogs.tsx'
import { text } from './text.ts'

type Passkey = Answer<'passkeys.list'>['items'][number]

/** The passkeys of who has signed in. */
export function Passkeys({ email }: { readonly email: string }) {
  const t = useText(text)
  const ways = useAsk('session.ways', {})
  const passkeys = useAsk('passkeys.list', {})
  const [adds, setAdds] = useState(false)
  const [renaming, setRenaming] = useState<Passkey | null>(null)
  const [removing, setRemoving] = useState<Passkey | null>(null)
  const why = ways.data?.passkeys === false ? t.cannot : canUsePasskeys() ? undefined : t.oldBrowser
  return (
    <Panel title={t.passkeys} hint={t.passkeysHint}>
      <div className="flex flex-col gap-3">
        {passkeys.error !== null && <ErrorNote error={passkeys.error} onRetry={() => void passkeys.refetch()} />}
        {passkeys.data === undefined && passkeys.error === null && <Skeleton className="h-12" />}
        {passkeys.data?.items.length === 0 && <p className="text-sm text-ink-3">{t.noPasskeys}</p>}
        {passkeys.data !== undefined && passkeys.data.items.length > 0 && (
          <ul className="flex flex-col divide-y divide-line rounded-control border border-line">
            {passkeys.data.items.map((passkey) => (
              <Row key={passkey.id} passkey={passkey} onRename={setRenaming} onRemove={setRemoving} />
            ))}
          </ul>
        )}
        {why !== undefined && <Note>{why}</Note>}
        <div>
          <Button icon={Fingerprint} disabled={why !== undefined} title={why} onClick={() => setAdds(true)}>
            {t.add}
          </Button>
        </div>
      </div>
      {adds && <AddPasskey email={email} onClose={() => setAdds(false)} />}
      {renaming !== null && <RenamePasskey passkey={renaming} onClose={() => setRenaming(null)} />}
      <Removing passkey={removing} onClose={() => setRemoving(null)} />
    </Panel>
  )
}

type RowProps = {
  readonly passkey: Passkey
  readonly onRename: (passkey: Passkey) => void
  readonly onRemove: (passkey: Passkey) => void
}

function Row({ passkey, onRename, onRemove }: RowProps) {
  const t = useText(text)
  const { day, ago, exactMoment } = useFormat()
  const now = useClock()
  const { name, host, backed_up, created_at, used_at } = passkey
  return (
    <li className="flex items-center gap-3 px-3 py-2">
      <Fingerprint size={16} aria-hidden className="shrink-0 text-ink-3" />
      <div className="min-w-0 flex-1 text-sm">
        <p className="truncate font-medium">{name}</p>
        <p className="text-xs text-ink-3">
          {t.host} {host} · {backed_up ? t.copies : t.onlyHere} ·{' '}
          <span title={exactMoment(created_at)}>
            {t.created} {day(created_at)}
          </span>{' '}
          ·{' '}
          <span title={used_at === null ? undefined : exactMoment(used_at)}>
            {t.used} {used_at === null ? t.neverUsed : ago(used_at, now)}
          </span>
        </p>
      </div>
      <Menu
        trigger={<IconButton icon={EllipsisVertical} label={`${t.actions} ${name}`} />}
        groups={[
          { items: [{ label: t.rename, icon: Pencil, onSelect: () => onRename(passkey) }] },
          { items: [{ label: t.remove, icon: Trash2, danger: true, onSelect: () => onRemove(passkey) }] },
        ]}
      />
    </li>
  )
}

function Removing({ passkey, onClose }: { readonly passkey: Passkey | null; readonly onClose: () => void }) {
  const t = useText(text)
  const say = useToast()
  const remove = useChange('passkeys.remove')
  return (
    <Confirm
      open={passkey !== null}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { params: { id: passkey?.id ?? '' } },
          {
            onSuccess: () => {
              say(t.removed)
              onClose()
            },
          },
        )
      }
      title={t.removeTitle(passkey?.name ?? '')}
      deed={t.remove}
      busy={remove.isPending}
      error={remove.error}
    >
      <p>{t.removeHint}</p>
    </Confirm>
  )
}
