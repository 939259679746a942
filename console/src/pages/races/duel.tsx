import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Facts } from '@paddock/webkit/ui/facts.tsx'
import { Button } from '@paddock/webkit/ui/button.tsx'
import { Dialog } from '@paddock/webkit/ui/dialog.tsx'
import { Money } from '@paddock/webkit/ui/money.tsx'
import { Note } from '@paddock/webkit/ui/note.tsx'
import { Link } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { Signals, type Duel } from './signals.tsx'
import { ModelName } from './model-name.tsx'
import { answerTokens, promptTokens } from '../../tokens.ts'
import { text } from './trial-text.ts'

type DuelReplayProps = {
  readonly duels: readonly Duel[]
  readonly shown: string | undefined
  readonly onShow: (duel: string | undefined) => void
  /** There are more to step to. */
  readonly onMore: (() => void) | undefined
}

/** One trial after another: ← is a newer one, → an older one. Near the end the next page is fetched. */
export function DuelReplay({ duels, shown, onShow, onMore }: DuelReplayProps) {
  const t = useText(text)
  const { number, exactMoment } = useFormat()
  const place = duels.findIndex(({ id }) => id === shown)
  const duel = duels[place]
  const step = (by: number): void => {
    const next = duels[place + by]
    if (next) onShow(next.id)
    if (place + by >= duels.length - 3) onMore?.()
  }
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === 'ArrowRight') step(1)
    else if (event.key === 'ArrowLeft') step(-1)
  })
  const isOpen = duel !== undefined
  useEffect(() => {
    if (!isOpen) return undefined
    const listen = (event: KeyboardEvent): void => onKey(event)
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [isOpen])
  return (
    <Dialog
      shape="drawer"
      open={isOpen}
      onClose={() => onShow(undefined)}
      title={t.duel}
      description={duel && exactMoment(duel.at)}
      footer={
        <>
          <span className="mr-auto self-center text-xs text-ink-3">
            {t.placeOf(number(place + 1), `${number(duels.length)}${onMore ? '+' : ''}`)} · {t.keys}
          </span>
          <Button icon={ChevronLeft} disabled={place <= 0} onClick={() => step(-1)}>
            {t.newer}
          </Button>
          <Button icon={ChevronRight} disabled={place >= duels.length - 1} onClick={() => step(1)}>
            {t.olderOne}
          </Button>
        </>
      }
    >
      {duel && <Shown of={duel} />}
    </Dialog>
  )
}

function Shown({ of }: { readonly of: Duel }) {
  const t = useText(text)
  return (
    <div className="flex flex-col gap-5">
      <Facts
        facts={[
          [t.arm, <ModelName key="arm" of={of.arm} />],
          [
            t.unit,
            <code key="unit" title={t.unitHint} className="text-xs">
              {of.unit}
            </code>,
          ],
          [t.phase, of.phase + 1],
          [t.signal, <Signals key="signal" of={of} />],
        ]}
      />
      {of.signals.flatMap(({ comment }) =>
        comment === null
          ? []
          : [
              <blockquote key={comment} className="border-l-2 border-line pl-3 text-sm">
                {comment}
              </blockquote>,
            ],
      )}
      {of.answers.map((answer) => (
        <AnswerFacts key={answer.request_id} of={answer} />
      ))}
      <Note title={t.textNotKept}>{t.textNotKeptHint}</Note>
    </div>
  )
}

function AnswerFacts({ of }: { readonly of: Duel['answers'][number] }) {
  const t = useText(text)
  const { number, duration } = useFormat()
  const { usage } = of
  return (
    <section className="flex flex-col gap-2 rounded-card border border-line p-3">
      <h3 className="text-sm font-semibold">
        <ModelName of={of.model} />
      </h3>
      {of.model !== of.arm && <p className="text-xs text-warn">{t.answeredByOther(of.arm)}</p>}
      <Facts
        facts={[
          [t.outcome, of.state],
          [t.tokens, `${number(promptTokens(usage))} → ${number(answerTokens(usage))}`],
          [t.took, duration(of.duration_ms)],
          [t.firstToken, of.first_byte_ms === null ? '—' : duration(of.first_byte_ms)],
          [t.cost, <Money key="cost" of={of.cost} />],
        ]}
      />
      <Link to="/requests" search={{ request: of.request_id }} className="text-sm text-link hover:underline">
        {t.theRequest}
      </Link>
    </section>
  )
}
