import type { Answer } from '@paddock/webkit/api/operation.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Confirm } from '@paddock/webkit/ui/dialog.tsx'
import { SelectField, TextField } from '@paddock/webkit/ui/field.tsx'
import { useToast } from '@paddock/webkit/ui/toast.tsx'
import { useState, type ReactNode } from 'react'
import { useChange } from '../../query.ts'
import { useMay } from '../../session/session.tsx'
import { text } from './race-text.ts'
import { OPEN_STATES } from './state.tsx'

type Detail = Answer<'races.find'>
type ActionProps = { readonly of: Detail; readonly onClose: () => void }
type Deed = 'promote' | 'stop' | 'rollBack'

const STALE = ['races', 'overview', 'routes'] as const

/** What a person may decide instead of the referee. Each says what will happen before it does. */
export function RaceActions({ of }: { readonly of: Detail }) {
  const t = useText(text)
  const mayAct = useMay('owner', 'admin', 'developer')
  const [deed, setDeed] = useState<Deed | null>(null)
  const { state, promotion } = of.race
  if (!mayAct) return null
  const close = (): void => setDeed(null)
  const isOpen = OPEN_STATES.includes(state)
  return (
    <>
      {isOpen && <Button onClick={() => setDeed('stop')}>{t.stop}</Button>}
      {promotion !== null && (state === 'watching' || state === 'settled') && (
        <Button onClick={() => setDeed('rollBack')}>{t.rollBack}</Button>
      )}
      {isOpen && promotion === null && (
        <Button kind={state === 'promotable' ? 'primary' : 'plain'} onClick={() => setDeed('promote')}>
          {t.promote}
        </Button>
      )}
      {deed === 'promote' && <Promote of={of} onClose={close} />}
      {deed === 'stop' && <Stop of={of} onClose={close} />}
      {deed === 'rollBack' && <RollBack of={of} onClose={close} />}
    </>
  )
}

function Promote({ of: { race, challengers, plan }, onClose }: ActionProps) {
  const t = useText(text)
  const promote = useChange('races.promote', STALE)
  const say = useToast()
  const best = challengers.find(({ fate }) => fate === 'promotable') ?? challengers[0]
  const [challenger, setChallenger] = useState(best?.model ?? '')
  const isProven = challengers.find(({ model }) => model === challenger)?.fate === 'promotable'
  const done = (): void => {
    say(t.promoted(challenger))
    onClose()
  }
  return (
    <Decision
      onClose={onClose}
      title={t.promoteTitle(race.route)}
      deed={t.promote}
      typed={isProven ? undefined : race.route}
      change={promote}
      onDecide={(reason) =>
        promote.mutate({ params: { id: race.id }, body: { challenger, ...reason } }, { onSuccess: done })
      }
    >
      <p>{t.promoteMeans(challenger, race.route, race.champion)}</p>
      <p>{t.watchMeans(plan.pacer, plan.watch_days)}</p>
      {!isProven && <p className="font-medium text-bad">{t.againstEvidence}</p>}
      {challengers.length > 1 && (
        <SelectField
          label={t.whom}
          value={challenger}
          onChange={({ target: { value } }) => setChallenger(value)}
          options={challengers.map(({ model }) => ({ value: model, label: model }))}
        />
      )}
    </Decision>
  )
}

function Stop({ of: { race }, onClose }: ActionProps) {
  const t = useText(text)
  const stop = useChange('races.stop', STALE)
  const say = useToast()
  const done = (): void => {
    say(t.stopped)
    onClose()
  }
  return (
    <Decision
      onClose={onClose}
      title={t.stopTitle}
      deed={t.stop}
      change={stop}
      onDecide={(body) => stop.mutate({ params: { id: race.id }, body }, { onSuccess: done })}
    >
      <p>{t.stopMeans(race.promotion?.model ?? race.champion)}</p>
    </Decision>
  )
}

function RollBack({ of: { race }, onClose }: ActionProps) {
  const t = useText(text)
  const rollBack = useChange('races.rollBack', STALE)
  const say = useToast()
  const before = race.promotion?.before ?? null
  const done = (): void => {
    say(t.rolledBack(race.route))
    onClose()
  }
  return (
    <Decision
      onClose={onClose}
      title={t.rollBackTitle(race.route)}
      deed={t.rollBack}
      change={rollBack}
      onDecide={(body) => rollBack.mutate({ params: { id: race.id }, body }, { onSuccess: done })}
    >
      <p>{before === null ? t.rollBackToCandidates(race.route) : t.rollBackMeans(race.route, before)}</p>
    </Decision>
  )
}

type DecisionProps = {
  readonly title: string
  readonly deed: string
  readonly typed?: string
  readonly change: { readonly isPending: boolean; readonly error: Error | null }
  readonly onDecide: (body: { reason?: string }) => void
  readonly onClose: () => void
  /** What will happen. */
  readonly children: ReactNode
}

/** Says what will happen, and asks for the reason, which may be left out. */
function Decision({ change, onDecide, children, ...confirm }: DecisionProps) {
  const t = useText(text)
  const [written, setWritten] = useState('')
  const reason = written.trim()
  return (
    <Confirm
      {...confirm}
      open
      busy={change.isPending}
      error={change.error}
      onConfirm={() => onDecide(reason === '' ? {} : { reason })}
    >
      <div className="flex flex-col gap-3">
        {children}
        <TextField
          label={t.reason}
          hint={t.reasonHint}
          maxLength={500}
          value={written}
          onChange={(event) => setWritten(event.target.value)}
        />
      </div>
    </Confirm>
  )
}
