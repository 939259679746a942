import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useChange } from '../../query.ts'
import { MakeDialog } from './make-dialog.tsx'
import type { Provider } from './provider.ts'
import { Section } from './section.tsx'
import { text } from './text.ts'

type MadeSectionProps = { readonly provider: Provider; readonly onGone: () => void }

/** A provider that was made here is changed and removed here. */
export function MadeSection({ provider, onGone }: MadeSectionProps) {
  const t = useText(text)
  const say = useToast()
  const remove = useChange('providers.remove', ['providers', 'routes'])
  const [open, setOpen] = useState<'change' | 'remove' | null>(null)
  const close = (): void => setOpen(null)
  return (
    <Section title={t.madeHere}>
      <div className="flex gap-2">
        <Button icon={Pencil} onClick={() => setOpen('change')}>
          {t.change}
        </Button>
        <Button icon={Trash2} kind="quiet" onClick={() => setOpen('remove')}>
          {t.remove}
        </Button>
      </div>
      {open === 'change' && <MakeDialog provider={provider} onClose={close} onMade={close} />}
      <Confirm
        open={open === 'remove'}
        onClose={close}
        onConfirm={() =>
          // The provider and this section are gone by then. What went wrong is in `remove`.
          void remove.mutateAsync({ params: { id: provider.id } }).then(
            () => {
              say(t.removed)
              onGone()
            },
            () => undefined,
          )
        }
        busy={remove.isPending}
        error={remove.error}
        title={t.removeTitle(provider.id)}
        deed={t.remove}
        typed={provider.id}
      >
        {t.removeHint}
      </Confirm>
    </Section>
  )
}
