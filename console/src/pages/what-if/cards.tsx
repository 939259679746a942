import { useText } from '@paddock/webkit/text/language.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { Panel } from '@paddock/webkit/ui/panel.tsx'
import { GripVertical } from 'lucide-react'
import { useMemo, useState } from 'react'
import { changesIn } from '../../price-book/changes.ts'
import { InAndOut } from '../../price-book/prices.tsx'
import type { PricedModel } from '../../price-book/rows.ts'
import { useAsk } from '../../query.ts'
import { carry } from './drag.ts'
import type { Slot } from './search.ts'
import { text } from './text.ts'
import type { Span } from './use-what-if.ts'

type CardsProps = {
  readonly models: readonly PricedModel[]
  readonly slots: readonly Slot[]
  readonly span: Span
  readonly onUse: (slot: Slot, model: string) => void
}

const SHOWN_MAX = 20

/** Models to be dragged onto a scenario, those whose price fell most first; or chosen by a button of each. */
export function Cards({ models, slots, span, onUse }: CardsProps) {
  const t = useText(text)
  const [wanted, setWanted] = useState('')
  const changes = useAsk('prices.changes', { query: {} })
  const ordered = useMemo(() => {
    const falls = new Map<string, number>()
    for (const { model, percent } of changesIn(changes.data?.items ?? [], { to: span.to }))
      falls.set(model, Math.min(falls.get(model) ?? 0, Number(percent ?? 0)))
    return models.toSorted((one, other) => (falls.get(one.name) ?? 0) - (falls.get(other.name) ?? 0))
  }, [models, changes.data, span.to])
  const found = ordered.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()))
  const more = found.length - SHOWN_MAX
  return (
    <Panel
      title={t.cards}
      hint={t.cardsHint}
      actions={
        <TextField
          quiet
          type="search"
          className="w-52"
          label={t.findModel}
          placeholder={t.findModel}
          value={wanted}
          onChange={({ target }) => setWanted(target.value)}
        />
      }
    >
      <ul className="-mx-4 flex gap-2 overflow-x-auto px-4 pb-1">
        {found.slice(0, SHOWN_MAX).map((model) => (
          <Card key={model.name} model={model} slots={slots} onUse={onUse} />
        ))}
        {more > 0 && <li className="flex w-36 shrink-0 items-center text-xs text-ink-3">{t.moreModels(more)}</li>}
        {found.length === 0 && models.length > 0 && <li className="py-6 text-sm text-ink-3">{t.noModels}</li>}
      </ul>
    </Panel>
  )
}

function Card({ model, slots, onUse }: Pick<CardsProps, 'slots' | 'onUse'> & { readonly model: PricedModel }) {
  const t = useText(text)
  const [provider, ...rest] = model.name.split('/')
  return (
    <li
      draggable
      onDragStart={(event) => carry(event, model.name)}
      className="flex w-48 shrink-0 cursor-grab flex-col gap-1 rounded-control border border-line bg-page p-2.5 hover:border-edge active:cursor-grabbing"
    >
      <span className="flex items-center gap-1 text-xs text-ink-3">
        <span className="min-w-0 flex-1 truncate">{provider}</span>
        <GripVertical size={12} aria-hidden />
      </span>
      <span className="truncate text-sm font-medium" title={model.name}>
        {rest.join('/')}
      </span>
      <span className="flex items-center justify-between gap-2">
        <InAndOut of={model} />
        <span className="flex gap-0.5">
          {slots.map((slot) => (
            <button
              key={slot}
              type="button"
              aria-label={t.useIn(model.name, slot.toUpperCase())}
              title={t.useIn(model.name, slot.toUpperCase())}
              onClick={() => onUse(slot, model.name)}
              className="size-6 rounded-control border border-line text-xs font-medium text-ink-2 hover:bg-accent-soft hover:text-accent pointer-coarse:size-9"
            >
              {slot.toUpperCase()}
            </button>
          ))}
        </span>
      </span>
    </li>
  )
}
