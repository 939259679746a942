import { useFormat } from '@paddock/webkit/format/format.ts'
import { useText } from '@paddock/webkit/text/language.tsx'
import { classNames } from '@paddock/webkit/ui/class-names.ts'
import { text } from './text.ts'

type EvidenceProps = {
  /** Shares of what is asked: 1 is proof, and less than nothing speaks against it. */
  readonly good: number
  readonly bad: number
}

/** Bars reach a quarter beyond proof, so that one sees it is passed. */
const REACH = 1.25

/** Evidence that a challenger is good enough, and below it that it is too bad; the stroke is where it is proof. */
export function Evidence({ good, bad }: EvidenceProps) {
  const t = useText(text)
  const { percent } = useFormat()
  const words = t.evidenceOf(percent(Math.max(0, good)), percent(Math.max(0, bad)))
  return (
    <div role="img" aria-label={words} title={words} className="relative w-full min-w-20 py-1">
      <Fill share={good} colour="bg-accent" size="h-2" />
      <Fill share={bad} colour="bg-bad" size="mt-0.5 h-1" />
      <span aria-hidden className="absolute inset-y-0 w-px bg-ink-2" style={{ left: `${100 / REACH}%` }} />
    </div>
  )
}

type FillProps = { readonly share: number; readonly colour: string; readonly size: string }

function Fill({ share, colour, size }: FillProps) {
  const width = `${(Math.min(REACH, Math.max(0, share)) / REACH) * 100}%`
  return (
    <div className={classNames('overflow-hidden rounded-full bg-raised', size)}>
      <div className={classNames('h-full rounded-full', colour)} style={{ width }} />
    </div>
  )
}
