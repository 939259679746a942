import { useText } from '@paddock/webkit/text/language.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { TextField } from '@paddock/webkit/ui/field.tsx'
import { useNavigate } from '@tanstack/react-router'
import { KeyRound, ReceiptText, type LucideIcon } from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { useAsk } from '../query.ts'
import { useWho } from '../session/session.tsx'
import { isFor, PAGE_GROUPS } from './pages.ts'
import { text } from './text.ts'

type Goal = {
  readonly id: string
  readonly label: string
  readonly icon: LucideIcon
  readonly to: string
  readonly search?: Record<string, string>
}

/** Goes to any page, key or request by a few letters. */
export function Palette({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const t = useText(text)
  return (
    <Dialog open={open} onClose={onClose} title={t.find}>
      {open && <Choice onClose={onClose} />}
    </Dialog>
  )
}

function Choice({ onClose }: { readonly onClose: () => void }) {
  const t = useText(text)
  const navigate = useNavigate()
  const [wanted, setWanted] = useState('')
  const [place, setPlace] = useState(0)
  const goals = useGoals(wanted.trim())
  const go = (goal: Goal | undefined): void => {
    if (!goal) return
    onClose()
    void navigate({ to: goal.to, search: goal.search ?? {} } as never)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter') go(goals[place])
    else if (event.key === 'ArrowDown') setPlace(Math.min(place + 1, goals.length - 1))
    else if (event.key === 'ArrowUp') setPlace(Math.max(place - 1, 0))
    else return
    event.preventDefault()
  }
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label={t.find}
        quiet
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="palette-goals"
        aria-activedescendant={goals[place] && `palette-${goals[place].id}`}
        placeholder={t.findHint}
        value={wanted}
        onKeyDown={onKey}
        onChange={(event) => {
          setWanted(event.target.value)
          setPlace(0)
        }}
      />
      {goals.length === 0 && <p className="px-2 py-3 text-sm text-ink-3">{t.nothingFound}</p>}
      <ul id="palette-goals" role="listbox" aria-label={t.find}>
        {goals.map((goal, at) => (
          <li
            key={goal.id}
            id={`palette-${goal.id}`}
            role="option"
            aria-selected={at === place}
            onPointerMove={() => setPlace(at)}
            onClick={() => go(goal)}
            className="flex cursor-pointer items-center gap-2.5 rounded-control px-2 py-2 text-sm aria-selected:bg-raised"
          >
            <goal.icon size={16} aria-hidden className="text-ink-3" />
            {goal.label}
          </li>
        ))}
      </ul>
    </div>
  )
}

const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/

function useGoals(wanted: string): Goal[] {
  const t = useText(text)
  const who = useWho()
  const keys = useAsk('keys.list', { query: { limit: 200 } }, { when: wanted.length > 1 })
  const fits = (label: string): boolean => label.toLowerCase().includes(wanted.toLowerCase())
  const pages = PAGE_GROUPS.flatMap((group) => group.pages)
    .filter((page) => isFor(page, who))
    .map(({ to, name, icon }): Goal => ({ id: `page-${name}`, label: t[name], icon, to }))
  const found = (wanted.length > 1 ? (keys.data?.items ?? []) : []).map(({ id, name }): Goal => ({
    id: `key-${id}`,
    label: name,
    icon: KeyRound,
    to: '/keys',
    search: { key: id },
  }))
  const goals = [...pages, ...found].filter(({ label }) => fits(label))
  if (!REQUEST_ID.test(wanted)) return goals
  return [
    { id: 'request', label: `${t.request} ${wanted}`, icon: ReceiptText, to: '/requests', search: { request: wanted } },
    ...goals,
  ]
}
